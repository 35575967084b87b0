package load

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// syntax records that a text is not YAML. The parser says where the block began
// that it could not read; kubectl's parser says where it stopped, so that one is
// asked as well.
func (r *reader) syntax(t text, err error) {
	if len(t.bytes) <= maxDocument {
		if _, second := yaml.YAMLToJSON(t.bytes); second != nil {
			err = second
		}
	}
	message := strings.TrimPrefix(err.Error(), "error converting YAML to JSON: ")
	message = strings.TrimPrefix(message, "yaml: ")
	place := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(message)
	if place == nil {
		r.problems.add(t.at(lineOf(t, message)), "invalid YAML: %s", message)
		return
	}
	message = strings.TrimPrefix(message, place[0])
	number, _ := strconv.Atoi(place[1])
	if strings.HasPrefix(message, "did not find expected") {
		number++ // the parser counts these from 0
	}
	last := t.lineAt(len(bytes.TrimSpace(t.bytes)))
	r.problems.add(t.at(min(t.line+number-1, last)), "invalid YAML: %s", message)
}

// lineOf finds the line of a message that has none: the first line, unless the
// message is about a character or an anchor.
func lineOf(t text, message string) int {
	anchor := regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
	if name := anchor.FindStringSubmatch(message); name != nil {
		return t.lineAt(bytes.Index(t.bytes, []byte("*"+name[1])))
	}
	if strings.Contains(message, "control characters") {
		return t.lineAt(bytes.IndexFunc(t.bytes, isForbidden))
	}
	return t.line
}

// isForbidden holds for characters that JSON allows and YAML does not.
func isForbidden(c rune) bool {
	return c == '\ufeff' || c >= 0x7f && c < 0xa0 && c != 0x85 || c > 0xfffd && c <= 0xffff
}
