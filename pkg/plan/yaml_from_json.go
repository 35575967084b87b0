package plan

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"time"
)

// yamlFromJSON writes one JSON value as block YAML. It reads only what
// encoding/json has just written: compact and well-formed.
type yamlFromJSON struct {
	json []byte
	w    *bufio.Writer // keeps its first error until Flush
}

// yamlPlace is where a value stands, which decides how its first line begins.
type yamlPlace int

const (
	yamlAfterKey yamlPlace = iota // behind "key:"
	yamlInList                    // behind "- "
)

// value writes the next value and a line end. The indent is that of the key
// before it, or of the keys of an object in a list.
func (y *yamlFromJSON) value(place yamlPlace, indent int) {
	switch y.json[0] {
	case '{':
		y.object(place, indent)
	case '[':
		y.array(place, indent)
	default:
		if place == yamlAfterKey {
			y.w.WriteByte(' ')
		}
		y.scalar()
		y.w.WriteByte('\n')
	}
}

func (y *yamlFromJSON) object(place yamlPlace, indent int) {
	if y.empty("{}", place) {
		return
	}
	if place == yamlAfterKey {
		y.w.WriteByte('\n')
		indent += 2
	}
	for first := true; y.json[0] != '}'; first = false {
		y.json = y.json[1:] // the brace or the comma before a key
		if !first || place == yamlAfterKey {
			y.spaces(indent)
		}
		y.scalar()
		y.w.WriteByte(':')
		y.json = y.json[1:] // the colon
		y.value(yamlAfterKey, indent)
	}
	y.json = y.json[1:]
}

// array writes its dashes below the key before it, as kubectl does.
func (y *yamlFromJSON) array(place yamlPlace, indent int) {
	if y.empty("[]", place) {
		return
	}
	if place == yamlAfterKey {
		y.w.WriteByte('\n')
	}
	for first := true; y.json[0] != ']'; first = false {
		y.json = y.json[1:]
		if !first || place == yamlAfterKey {
			y.spaces(indent)
		}
		y.w.WriteString("- ")
		y.value(yamlInList, indent+2)
	}
	y.json = y.json[1:]
}

func (y *yamlFromJSON) empty(brackets string, place yamlPlace) bool {
	if !bytes.HasPrefix(y.json, []byte(brackets)) {
		return false
	}
	if place == yamlAfterKey {
		y.w.WriteByte(' ')
	}
	y.w.WriteString(brackets + "\n")
	y.json = y.json[2:]
	return true
}

// scalar writes a string, number, boolean or null.
func (y *yamlFromJSON) scalar() {
	if y.json[0] != '"' {
		end := bytes.IndexAny(y.json, ",]}")
		if end < 0 {
			end = len(y.json)
		}
		y.w.Write(y.json[:end])
		y.json = y.json[end:]
		return
	}
	end := 1
	for y.json[end] != '"' {
		if y.json[end] == '\\' {
			end++
		}
		end++
	}
	y.quoted(y.json[:end+1])
	y.json = y.json[end+1:]
}

// quoted writes a JSON string plain where YAML reads it back as the same
// string, else as it is: a JSON string is a YAML double-quoted one, but for the
// characters that YAML does not allow unescaped.
func (y *yamlFromJSON) quoted(text []byte) {
	if isPlain(text[1 : len(text)-1]) {
		y.w.Write(text[1 : len(text)-1])
		return
	}
	if bytes.IndexFunc(text, isUnreadable) < 0 {
		y.w.Write(text)
		return
	}
	for _, r := range string(text) {
		if isUnreadable(r) {
			fmt.Fprintf(y.w, `\u%04x`, r)
		} else {
			y.w.WriteRune(r)
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

func (y *yamlFromJSON) spaces(count int) { y.w.WriteString(strings.Repeat(" ", count)) }

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
