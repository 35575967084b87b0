package load

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar is the value of a YAML scalar as kubectl understands it, which is YAML
// 1.1: a bare yes or on is true. It is nil, bool, int64, uint64, float64 or string.
func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		if value, ok := boolean(n.Value); ok {
			return value, nil
		}
		return nil, fmt.Errorf("%q is not a boolean", n.Value)
	case "!!int":
		return integer(n.Value)
	case "!!float":
		return float(n.Value)
	case "!!binary":
		content, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
		if err != nil {
			return nil, fmt.Errorf("!!binary is not base64: %v", err)
		}
		return validText(content), nil
	}
	if value, ok := boolean(n.Value); ok && n.Style == 0 {
		return value, nil
	}
	return n.Value, nil
}

func boolean(word string) (value, ok bool) {
	switch word {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true, true
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false, true
	}
	return false, false
}

func integer(word string) (any, error) {
	digits := strings.ReplaceAll(word, "_", "")
	if number, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return number, nil
	}
	if number, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return number, nil
	}
	return nil, fmt.Errorf("%q is not an integer", word)
}

func float(word string) (any, error) {
	number, err := strconv.ParseFloat(strings.ReplaceAll(word, "_", ""), 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return nil, fmt.Errorf("%s is not a number that an object can have", word)
	}
	return number, nil
}

// wholeNumber makes a number what is left of it after a way through JSON: int64
// if it is whole and fits.
func wholeNumber(value any) any {
	switch number := value.(type) {
	case uint64:
		return float64(number)
	case float64:
		if number == math.Trunc(number) && math.Abs(number) < 1<<63 {
			return int64(number)
		}
	}
	return value
}

// keyText is a key as kubectl writes it into JSON.
func keyText(key any) (string, bool) {
	switch key := key.(type) {
	case string:
		return key, true
	case bool:
		return strconv.FormatBool(key), true
	case int64:
		return strconv.FormatInt(key, 10), true
	case float64:
		return strconv.FormatFloat(key, 'g', -1, 32), true
	}
	return "", false
}
