package load

import "fmt"

// describe says in words what a value is, for messages.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "empty"
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	case string:
		if len([]rune(value)) > 40 {
			return fmt.Sprintf("the text %.40q…", value)
		}
		return fmt.Sprintf("the text %q", value)
	}
	return fmt.Sprint(value)
}

// mustBeText is the message for a value that should be text. YAML takes a bare 3,
// yes or n for something else.
func mustBeText(value any) string {
	text := "must be text, not " + describe(value)
	switch value.(type) {
	case bool, int64, float64:
		text += ": put it in quotes"
	}
	return text
}
