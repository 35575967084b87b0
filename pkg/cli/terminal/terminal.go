// Package terminal says what a stream can show: its width, and whether colour.
package terminal

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// width is used where the stream is no terminal.
const width = 100

// Width returns the columns of a stream: those of the terminal, at most 100, else
// 100.
func Width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return min(columns, width)
		}
	}
	return width
}

// Color decides on colour: the flag, else NO_COLOR, FORCE_COLOR and
// CLICOLOR_FORCE, TERM=dumb, and at last whether the stream is a terminal.
func Color(flag string, w io.Writer, env func(string) string) (bool, error) {
	switch flag {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto", "":
	default:
		return false, fmt.Errorf("--color %q: use auto, always or never", flag)
	}
	switch {
	case env("NO_COLOR") != "":
		return false, nil
	case env("FORCE_COLOR") != "" || env("CLICOLOR_FORCE") != "":
		return true, nil
	case env("TERM") == "dumb":
		return false, nil
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())), nil
}
