package plan

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	sigsjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Decode reads a plan, JSON or YAML. It is strict: unknown fields, duplicate
// keys and other versions are errors. What is kept for rendering only (fields
// tagged json:"-") is not there afterwards.
func Decode(r io.Reader) (*Plan, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		if text, err = yaml.YAMLToJSONStrict(text); err != nil {
			return nil, fmt.Errorf("reading the plan: %s", oneLine(err))
		}
	}
	if err := checkVersion(text); err != nil {
		return nil, err
	}
	return decodeJSON(text)
}

// oneLine joins what the YAML reader spreads over lines.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// checkVersion comes before the fields: those of another version would be
// reported as unknown, which hides what is wrong.
func checkVersion(text []byte) error {
	var header struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := sigsjson.UnmarshalCaseSensitivePreserveInts(text, &header); err != nil {
		return fmt.Errorf("reading the plan: %w", err)
	}
	if header.Kind != Kind || header.APIVersion != APIVersion {
		return fmt.Errorf("this is %q of %q, not a %s of %s",
			header.Kind, header.APIVersion, Kind, APIVersion)
	}
	return nil
}

func decodeJSON(text []byte) (*Plan, error) {
	p := &Plan{}
	strict, err := sigsjson.UnmarshalStrict(text, p)
	if err == nil && len(strict) > 0 {
		err = strict[0] // errors are one line; the first is enough to act on
	}
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	return p, nil
}
