// Package kubeversion says what a Kubernetes version does: its feature gates
// and the controller behaviour that changed from one minor version to the next.
package kubeversion

import (
	"fmt"
	"strconv"
	"strings"
)

// The minor versions that can be planned for. Newest is also the version of the
// API types that this program is built with.
const (
	Oldest = 29
	Newest = 37
)

// Version is a Kubernetes version 1.Minor.Patch.
type Version struct {
	Minor int
	Patch int
}

// String returns the version as a server reports it, for example v1.37.0.
func (v Version) String() string {
	return fmt.Sprintf("v1.%d.%d", v.Minor, v.Patch)
}

// since reports whether the version is 1.minor.patch or newer.
func (v Version) since(minor, patch int) bool {
	return v.Minor > minor || v.Minor == minor && v.Patch >= patch
}

// fixed reports whether the version has a change that came with 1.minor.0, and with
// these patches of older minor versions.
func (v Version) fixed(minor int, backports ...Version) bool {
	for _, b := range backports {
		if v.Minor == b.Minor && v.Patch >= b.Patch {
			return true
		}
	}
	return v.Minor >= minor
}

// Parse reads a version that can be planned for, written as Read takes it. Versions
// older than Oldest or newer than Newest are errors.
func Parse(text string) (Version, error) {
	version, err := Read(text)
	if err == nil && (version.Minor < Oldest || version.Minor > Newest) {
		return Version{}, fmt.Errorf("version 1.%d of Kubernetes is not known: 1.%d to 1.%d can be planned for",
			version.Minor, Oldest, Newest)
	}
	return version, err
}

// Read reads "1.34", "v1.34" or "v1.34.2", whether it can be planned for or not. What
// vendors add ("-gke.100", "-eks-1552ad0", "+k3s1") is dropped.
func Read(text string) (Version, error) {
	bare, _, _ := strings.Cut(strings.TrimPrefix(text, "v"), "-")
	bare, _, _ = strings.Cut(bare, "+")
	parts := strings.Split(bare, ".")
	if len(parts) < 2 || len(parts) > 3 || parts[0] != "1" {
		return Version{}, fmt.Errorf("%q is not a Kubernetes version: write it as 1.%d or v1.%d.0", text, Newest, Newest)
	}
	var numbers [2]int
	for i, part := range parts[1:] {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return Version{}, fmt.Errorf("%q is not a Kubernetes version: %q is not a number", text, part)
		}
		numbers[i] = int(n)
	}
	return Version{Minor: numbers[0], Patch: numbers[1]}, nil
}
