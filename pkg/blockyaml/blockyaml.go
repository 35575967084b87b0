// Package blockyaml writes JSON as block YAML that every version of YAML reads back
// to the same values, whatever text is in them. (The YAML libraries at hand write some
// texts so that they cannot be read: tabs, line separators, byte order marks.)
package blockyaml

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Place is where a value stands, which decides how its first line begins.
type Place int

// The places. A whole document stands as in a list with the indent 0.
const (
	AfterKey Place = iota // behind "key:"
	InList                // behind "- "
)

// Write writes a JSON value and a line end. The indent is that of the key before it,
// or of the keys of an object in a list. The JSON is as encoding/json writes it:
// compact and well-formed. An error of the writer shows at its Flush.
func Write(w *bufio.Writer, json []byte, place Place, indent int) {
	c := converter{json: json, w: w}
	c.value(place, indent)
}

type converter struct {
	json []byte // what is left
	w    *bufio.Writer
}

func (c *converter) value(place Place, indent int) {
	switch c.json[0] {
	case '{':
		c.object(place, indent)
	case '[':
		c.array(place, indent)
	default:
		if place == AfterKey {
			c.w.WriteByte(' ')
		}
		c.scalar()
		c.w.WriteByte('\n')
	}
}

func (c *converter) object(place Place, indent int) {
	if c.empty("{}", place) {
		return
	}
	if place == AfterKey {
		c.w.WriteByte('\n')
		indent += 2
	}
	for first := true; c.json[0] != '}'; first = false {
		c.json = c.json[1:] // the brace or the comma before a key
		if !first || place == AfterKey {
			c.spaces(indent)
		}
		c.scalar()
		c.w.WriteByte(':')
		c.json = c.json[1:] // the colon
		c.value(AfterKey, indent)
	}
	c.json = c.json[1:]
}

// array writes its dashes below the key before it, as kubectl does.
func (c *converter) array(place Place, indent int) {
	if c.empty("[]", place) {
		return
	}
	if place == AfterKey {
		c.w.WriteByte('\n')
	}
	for first := true; c.json[0] != ']'; first = false {
		c.json = c.json[1:]
		if !first || place == AfterKey {
			c.spaces(indent)
		}
		c.w.WriteString("- ")
		c.value(InList, indent+2)
	}
	c.json = c.json[1:]
}

func (c *converter) empty(brackets string, place Place) bool {
	if !bytes.HasPrefix(c.json, []byte(brackets)) {
		return false
	}
	if place == AfterKey {
		c.w.WriteByte(' ')
	}
	c.w.WriteString(brackets + "\n")
	c.json = c.json[2:]
	return true
}

// scalar writes a string, number, boolean or null.
func (c *converter) scalar() {
	if c.json[0] != '"' {
		end := bytes.IndexAny(c.json, ",]}")
		if end < 0 {
			end = len(c.json)
		}
		c.w.Write(c.json[:end])
		c.json = c.json[end:]
		return
	}
	end := 1
	for c.json[end] != '"' {
		if c.json[end] == '\\' {
			end++
		}
		end++
	}
	c.quoted(c.json[:end+1])
	c.json = c.json[end+1:]
}

// quoted writes a JSON string plain where YAML reads it back as the same
// string, else as it is: a JSON string is a YAML double-quoted one, but for the
// characters that YAML does not allow unescaped.
func (c *converter) quoted(text []byte) {
	if isPlain(text[1 : len(text)-1]) {
		c.w.Write(text[1 : len(text)-1])
		return
	}
	if bytes.IndexFunc(text, isUnreadable) < 0 {
		c.w.Write(text)
		return
	}
	for _, r := range string(text) {
		if isUnreadable(r) {
			fmt.Fprintf(c.w, `\u%04x`, r)
		} else {
			c.w.WriteRune(r)
		}
	}
}

// isUnreadable says which characters JSON writes as they are and YAML refuses.
func isUnreadable(r rune) bool {
	return r >= 0x7f && r <= 0x9f || r == 0xfeff || r == 0xfffe || r == 0xffff
}

// isPlain says whether YAML 1.1 and 1.2 both read these bytes as that string.
// It says no too often rather than too seldom.
func isPlain(text []byte) bool {
	if len(text) == 0 || isYAMLWord(text) {
		return false
	}
	if first := text[0]; !isLetter(first) && first != '/' && !isDuration(text) {
		return false
	}
	for i, b := range text {
		if !isLetter(b) && !isDigit(b) && !plainInside(text, i) {
			return false
		}
	}
	return true
}

// plainInside says whether punctuation means nothing at that place: ": " and a
// last ":" make a key, " #" a comment, a last space is dropped.
func plainInside(text []byte, i int) bool {
	last := i == len(text)-1
	switch text[i] {
	case ' ':
		return !last && text[i+1] != '#'
	case ':':
		return !last && text[i+1] != ' '
	case '#':
		return text[i-1] != ' '
	}
	return bytes.IndexByte([]byte("-_./+()=;<>%,'$@"), text[i]) >= 0
}

func (c *converter) spaces(count int) { c.w.WriteString(strings.Repeat(" ", count)) }

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// isDuration finds what plans are full of and what no YAML takes for a number.
func isDuration(text []byte) bool {
	if last := text[len(text)-1]; !isDigit(text[0]) || last != 's' {
		return false
	}
	_, err := time.ParseDuration(string(text))
	return err == nil
}

func isYAMLWord(text []byte) bool {
	if len(text) > 5 {
		return false
	}
	switch strings.ToLower(string(text)) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return true
	}
	return false
}
