package render

import (
	"testing"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"
)

func TestCleanTakesOutWhatMovesTheCursor(t *testing.T) {
	tests := map[string]string{
		"web:1":                   "web:1",
		"レジストリ🚀":                  "レジストリ🚀",
		"\x1b[31mred\x1b[0m":      "red",
		"\x1b]0;title\x07after":   "after",
		"\x1b]8;;http://x\x1b\\y": "y",
		"\u009b2Jcleared":         "cleared",
		"\x1bcreset":              "reset",
		"two\nlines\tand\r":       "two lines and ",
		"exe\u202egnp.js\u2066":   "exegnp.js",
		"\x1b[unfinished \x1b":    "nfinished ",
		"\x00\x07\x08bell":        "bell",
		"👩\u200d💻":                "👩\u200d💻",
	}
	for value, want := range tests {
		if got := clean(value); got != want {
			t.Errorf("%q became %q, want %q", value, got, want)
		}
	}
}

func TestShortenFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := clean(rapid.String().Draw(t, "value"))
		width := rapid.IntRange(5, 40).Draw(t, "width")
		if got := displaywidth.String(shorten(value, width)); got > width {
			t.Fatalf("%q is %d wide, not %d", shorten(value, width), got, width)
		}
	})
}
