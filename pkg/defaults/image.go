package defaults

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// pullPolicy is Always for an image whose tag is latest, in words or for want of
// any tag and digest. What is no image name counts as pinned.
//
//	web                   Always
//	web:latest            Always
//	web:latest@sha256:…   Always
//	web:1.2               IfNotPresent
//	web@sha256:…          IfNotPresent
//	Web                   IfNotPresent (upper case is no image name)
//
// Follows pkg/apis/core/v1/defaults.go SetDefaults_Container and
// pkg/util/parsers/parsers.go ParseImageName, v1.37.0.
func pullPolicy(image string) corev1.PullPolicy {
	repository, digest, digested := strings.Cut(image, "@")
	path, tag, tagged := repository, "", false
	if i := strings.LastIndexByte(repository, ':'); i > strings.LastIndexByte(repository, '/') {
		path, tag, tagged = repository[:i], repository[i+1:], true
	}
	latest := tag == "latest" || !tagged && !digested
	if !latest || !validRepository(path) || isImageID(image) {
		return corev1.PullIfNotPresent
	}
	if digested && !validDigest(digest) {
		return corev1.PullIfNotPresent
	}
	return corev1.PullAlways
}

// isImageID reports whether the text is 64 hexadecimal digits, which name an
// image on one machine and nothing in a registry.
func isImageID(text string) bool {
	return len(text) == 64 && only(text, lowerHex)
}

// validRepository checks [host[:port]/]path, where path is at most 255 bytes
// once "library/" stands before a name of Docker Hub without a folder.
// Follows github.com/distribution/reference normalize.go ParseNormalizedNamed, v0.6.0.
func validRepository(name string) bool {
	first, rest, found := strings.Cut(name, "/")
	if !found {
		return validPath("library/" + name)
	}
	switch {
	case first == "docker.io" || first == "index.docker.io":
		if !strings.Contains(rest, "/") {
			rest = "library/" + rest
		}
		return validPath(rest)
	case first == "localhost", strings.ContainsAny(first, ".:"), strings.ToLower(first) != first:
		// A host with an underscore is none, and passes as a folder.
		return validHost(first) && validPath(rest) || !validHost(first) && validPath(name)
	default:
		return validPath(name)
	}
}

func validPath(path string) bool {
	for _, folder := range strings.Split(path, "/") {
		if !validFolder(folder) {
			return false
		}
	}
	return len(path) <= 255
}

// validFolder wants runs of a-z and 0-9, and between them one dot, one or two
// underscores, or any number of dashes.
func validFolder(folder string) bool {
	for {
		run := leading(folder, lowerAlphanumeric)
		if run == 0 {
			return false
		}
		folder = folder[run:]
		if folder == "" {
			return true
		}
		gap := len(folder) - len(strings.TrimLeft(folder, "._-"))
		switch separator := folder[:gap]; {
		case separator == ".", separator == "_", separator == "__":
		case separator != "" && strings.Trim(separator, "-") == "":
		default:
			return false
		}
		folder = folder[gap:]
	}
}

func validHost(host string) bool {
	if inside, found := strings.CutPrefix(host, "["); found {
		address, port, found := strings.Cut(inside, "]")
		return found && address != "" && only(address, hexOrColon) &&
			(port == "" || port[0] == ':' && validPort(port[1:]))
	}
	name, port, found := strings.Cut(host, ":")
	if found && !validPort(port) {
		return false
	}
	for _, part := range strings.Split(name, ".") {
		if part == "" || !only(part, alphanumericOrDash) ||
			strings.HasPrefix(part, "-") || strings.HasSuffix(part, "-") {
			return false
		}
	}
	return true
}

func validPort(port string) bool {
	return port != "" && only(port, digit)
}

// validDigest wants a known algorithm and as many digits as it yields.
// Follows github.com/opencontainers/go-digest algorithm.go Validate, v1.0.0.
func validDigest(digest string) bool {
	algorithm, digits, _ := strings.Cut(digest, ":")
	var length int
	switch algorithm {
	case "sha256":
		length = 64
	case "sha384":
		length = 96
	case "sha512":
		length = 128
	}
	return length > 0 && len(digits) == length && only(digits, lowerHex)
}

func only(text string, allowed func(byte) bool) bool {
	return leading(text, allowed) == len(text)
}

// leading counts the bytes at the start that are allowed.
func leading(text string, allowed func(byte) bool) int {
	for i := range len(text) {
		if !allowed(text[i]) {
			return i
		}
	}
	return len(text)
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

func lowerHex(b byte) bool { return digit(b) || 'a' <= b && b <= 'f' }

func hexOrColon(b byte) bool { return lowerHex(b) || 'A' <= b && b <= 'F' || b == ':' }

func lowerAlphanumeric(b byte) bool { return digit(b) || 'a' <= b && b <= 'z' }

func alphanumericOrDash(b byte) bool {
	return lowerAlphanumeric(b) || 'A' <= b && b <= 'Z' || b == '-'
}
