package validation_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"
)

// decode reads one of the manifests below, each of which a server takes.
func decode(t *testing.T, text string) *appsv1.Deployment {
	t.Helper()
	d := &appsv1.Deployment{}
	if err := yaml.UnmarshalStrict([]byte(text), d); err != nil {
		t.Fatal(err)
	}
	return d
}

// asSet makes a ReplicaSet of the Deployment.
func asSet(d *appsv1.Deployment) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{
		ObjectMeta: d.ObjectMeta,
		Spec: appsv1.ReplicaSetSpec{
			Replicas:        d.Spec.Replicas,
			MinReadySeconds: d.Spec.MinReadySeconds,
			Selector:        d.Spec.Selector,
			Template:        d.Spec.Template,
		},
	}
}

const plain = `
metadata: {name: web, namespace: shop, resourceVersion: "1"}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "web:1"}]
`

const rich = `
metadata:
  name: web
  namespace: shop
  uid: a
  resourceVersion: "1"
  labels: {app: web}
  annotations: {example.com/Note: any text}
  finalizers: [example.com/mine]
  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: b, controller: true}]
spec:
  replicas: 3
  minReadySeconds: 5
  progressDeadlineSeconds: 60
  revisionHistoryLimit: 2
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 100%}}
  selector:
    matchLabels: {app: web}
    matchExpressions:
    - {key: tier, operator: In, values: [front, back]}
    - {key: retired, operator: DoesNotExist}
  template:
    metadata:
      labels: {app: web, tier: front}
      annotations: {controller.kubernetes.io/pod-deletion-cost: "-10"}
    spec:
      serviceAccountName: robot
      hostname: web
      priorityClassName: high
      runtimeClassName: fast
      nodeSelector: {disk: ssd}
      dnsPolicy: None
      dnsConfig: {nameservers: [10.0.0.1], searches: [example.com], options: [{name: ndots}]}
      securityContext: {runAsUser: 1000, fsGroup: 1000, supplementalGroups: [1, 2]}
      hostAliases: [{ip: 10.0.0.2, hostnames: [example.com]}]
      readinessGates: [{conditionType: example.com/ready}]
      schedulingGates: [{name: example.com/wait}]
      preemptionPolicy: Never
      overhead: {cpu: 10m}
      tolerations:
      - {key: a, operator: Equal, value: b, effect: NoSchedule}
      - {operator: Exists, effect: NoExecute, tolerationSeconds: 5}
      topologySpreadConstraints:
      - {maxSkew: 1, minDomains: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
      - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}
      volumes:
      - {name: scratch, emptyDir: {sizeLimit: 1Gi}}
      - {name: host, hostPath: {path: /var, type: Directory}}
      - {name: secret, secret: {secretName: s, defaultMode: 0400, items: [{key: k, path: p/q, mode: 0400}]}}
      - {name: config, configMap: {name: c, defaultMode: 0400, items: [{key: k, path: p}]}}
      - {name: claim, persistentVolumeClaim: {claimName: c}}
      - {name: block, persistentVolumeClaim: {claimName: b}}
      - name: mixed
        projected:
          defaultMode: 0400
          sources:
          - secret: {name: s, items: [{key: k, path: a}]}
          - configMap: {name: c, items: [{key: k, path: b}]}
          - serviceAccountToken: {path: token, expirationSeconds: 600}
      - {name: about, downwardAPI: {defaultMode: 0400, items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
      initContainers:
      - name: prepare
        image: web:1
        volumeMounts: [{name: scratch, mountPath: /scratch}]
      - name: sidecar
        image: proxy:1
        restartPolicy: Always
        ports: [{containerPort: 9000, hostPort: 9000}]
        startupProbe: {tcpSocket: {port: 9000}}
        lifecycle: {preStop: {sleep: {seconds: 3}}}
      containers:
      - name: main
        image: web:1
        imagePullPolicy: Always
        ports:
        - {name: http, containerPort: 80, protocol: TCP, hostPort: 8080}
        - {name: metrics, containerPort: 81, hostPort: 8081}
        env:
        - {name: A, value: b}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        - {name: S, valueFrom: {secretKeyRef: {name: s, key: k}}}
        - {name: C, valueFrom: {configMapKeyRef: {name: c, key: k}}}
        envFrom:
        - {prefix: P_, configMapRef: {name: c}}
        - {secretRef: {name: s}}
        resources:
          requests: {cpu: 100m, memory: 1Gi, example.com/gpu: 1, hugepages-2Mi: 4Mi}
          limits: {cpu: 1, memory: 1Gi, example.com/gpu: 1, hugepages-2Mi: 4Mi}
        livenessProbe: {httpGet: {port: http, httpHeaders: [{name: Host, value: x}]}, terminationGracePeriodSeconds: 5}
        readinessProbe: {grpc: {port: 80}, successThreshold: 2}
        startupProbe: {exec: {command: [check]}}
        lifecycle: {postStart: {exec: {command: [start]}}, preStop: {httpGet: {port: 80}}}
        securityContext: {runAsUser: 1, runAsGroup: 1, privileged: true}
        volumeMounts:
        - {name: scratch, mountPath: /scratch, subPath: a/b}
        - {name: host, mountPath: /host, mountPropagation: Bidirectional}
        - {name: secret, mountPath: /secret}
        - {name: mixed, mountPath: /mixed, subPathExpr: $(A)}
        volumeDevices: [{name: block, devicePath: /dev/block}]
      - name: second
        image: web:2
        restartPolicy: Never
        ports: [{containerPort: 80, hostPort: 8082}]
`
