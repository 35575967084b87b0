# What a developer types. `make help` lists the targets.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 30s

.DEFAULT_GOAL := help
.PHONY: help build test unit conformance e2e cluster cluster-down
.PHONY: bench fuzz cover lint golden record

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

build: ## build bin/kubectl-workload
	go build -trimpath -ldflags "-s -w" -o bin/kubectl-workload ./cmd/kubectl-workload

test: unit conformance ## run all tests of both modules

unit: ## run the tests of the plugin alone
	go vet ./...
	go test ./...

# SEED=random draws other worlds and prints the seed; what else there is to set stands in
# conformance/decisions/doc.go and conformance/rollouts/doc.go. make hands it on.
conformance: ## compare with the real controllers: make conformance SEED=random
	cd conformance && go vet ./...
	cd conformance && go test ./... -count=1 -v -timeout 25m

# The first time, this builds etcd, Kubernetes and kwok into conformance/.bin. One package after
# the other, so that there is one control plane at a time, and output as it comes.
e2e: export E2E = 1
e2e: ## run the tests that need a real control plane
	go run -C conformance ./controlplane/cluster build
	go test -C conformance -p 1 -count=1 -v -timeout 15m ./controlplane/... ./e2e/...

cluster: build ## start a control plane in the background, to play with
	@go run -C conformance ./controlplane/cluster up

cluster-down: ## end it
	@go run -C conformance ./controlplane/cluster down

bench: build ## Go benchmarks, then the whole program: seconds and memory, from files and live
	go test -run '^$$' -bench . -benchmem ./pkg/...
	go run ./hack/bench bin/kubectl-workload
	go run -C conformance ./controlplane/cluster build
	E2E=1 go test -C conformance -run '^$$' -bench . -benchtime 5x ./e2e

fuzz: ## fuzz everything that can be fuzzed, FUZZTIME each
	bash hack/fuzz.sh $(FUZZTIME)

cover: ## which lines the tests of the plugin reach
	mkdir -p bin
	go test -coverpkg=./pkg/... -coverprofile=bin/cover.prof ./...
	go tool cover -func=bin/cover.prof | tail -n 1

lint: ## formatting, vet, staticcheck, and what grew too large
	bash hack/format.sh
	go vet ./...
	cd conformance && go vet ./...
	go run $(STATICCHECK) ./...
	cd conformance && go run $(STATICCHECK) ./...
	go run ./hack/size pkg cmd conformance hack

golden: ## rewrite what the tests compare output with; then read the diff
	UPDATE_GOLDEN=1 go test -count=1 ./...

record: ## record rollouts of a real control plane anew: make record NAME=dep-recreate
	cd conformance && go run ./record -name "$(or $(NAME),*)"
