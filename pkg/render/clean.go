package render

import (
	"strings"
	"unicode"
)

// clean takes out of a value what could move the cursor, change colours or
// reorder the line: escape sequences with their parameters, control characters,
// and invisible direction marks. Names, images and messages come from files and
// servers that nobody has vetted.
func clean(value string) string {
	if isClean(value) {
		return value
	}
	var kept strings.Builder
	for runes := []rune(value); len(runes) > 0; {
		if skipped := escapeLength(runes); skipped > 0 {
			runes = runes[skipped:]
			continue
		}
		switch r := runes[0]; {
		case r == '\n' || r == '\t' || r == '\r' || r == 0x2028 || r == 0x2029:
			kept.WriteByte(' ')
		case !isUnsafe(r):
			kept.WriteRune(r)
		}
		runes = runes[1:]
	}
	return kept.String()
}

func isClean(value string) bool {
	return strings.IndexFunc(value, func(r rune) bool {
		return isUnsafe(r) || r == unicode.ReplacementChar
	}) < 0
}

// isUnsafe keeps the zero-width joiner, which emoji are made with.
func isUnsafe(r rune) bool {
	const zeroWidthJoiner = 0x200d
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 ||
		unicode.Is(unicode.Cf, r) && r != zeroWidthJoiner
}

// escapeLength returns how many runes an escape sequence at the start takes:
// CSI (ESC [ or 0x9b, to a final letter), OSC and its kin (ESC ], P, X, ^, _, to
// BEL or ESC \), or ESC and one more; 0 where there is none. An unfinished
// sequence takes the rest.
func escapeLength(runes []rune) int {
	switch {
	case runes[0] == 0x9b:
		return csiLength(runes, 1)
	case runes[0] != 0x1b:
		return 0
	case len(runes) == 1:
		return 1
	case runes[1] == '[':
		return csiLength(runes, 2)
	case strings.ContainsRune("]PX^_", runes[1]):
		return stringLength(runes)
	}
	return 2
}

func csiLength(runes []rune, from int) int {
	for i := from; i < len(runes); i++ {
		if runes[i] >= 0x40 && runes[i] <= 0x7e {
			return i + 1
		}
	}
	return len(runes)
}

func stringLength(runes []rune) int {
	for i := 2; i < len(runes); i++ {
		if runes[i] == 0x07 {
			return i + 1
		}
		if runes[i] == 0x1b && i+1 < len(runes) && runes[i+1] == '\\' {
			return i + 2
		}
	}
	return len(runes)
}
