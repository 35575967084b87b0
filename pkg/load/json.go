package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// json reads JSON values that follow each other. What is not JSON can still be
// YAML: {name: web}.
func (r *reader) json(t text) {
	invalid := checkJSON(t.bytes)
	if invalid == nil {
		values := jsonValues{text: t, reader: r, tokens: tokens{bytes: t.bytes}, current: t.line}
		if err := values.all(); err != nil && !errors.Is(err, errStop) {
			r.problems.add(t.at(values.here()), "invalid JSON: %v", err)
		}
		return
	}
	if len(t.bytes) <= maxDocument {
		attempt := r.attempt()
		attempt.yaml(t)
		if attempt.problems.count() == 0 || !quotesFirstKey(t.bytes) {
			r.take(attempt)
			return
		}
	}
	r.problems.add(t.at(t.placeOf(invalid)), "invalid JSON: %v", message(invalid))
}

// quotesFirstKey tells text that was meant as JSON from YAML in braces.
func quotesFirstKey(content []byte) bool {
	rest := bytes.TrimLeft(content, "{[ \t\r\n")
	return len(rest) > 0 && rest[0] == '"'
}

func message(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("it ends too early")
	}
	return err
}

// placeOf is the line of an error.
func (t text) placeOf(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return t.lineAt(int(syntax.Offset) - 1)
	}
	return t.lineAt(len(bytes.TrimSpace(t.bytes)))
}

// jsonValues reads values token by token, since that is the only way to see keys
// that stand twice, and lines.
type jsonValues struct {
	text
	reader *reader
	tokens tokens
	depth  int

	current int // the line of the last token
	counted int // up to where lines are counted
}

func (j *jsonValues) all() error {
	for {
		token, err := j.tokens.next()
		if err != nil || token.kind == 0 {
			return err
		}
		at := j.here()
		value, fields, err := j.value(token)
		if err != nil {
			return err
		}
		j.reader.object(value, cluster.Fields{Line: at, Inner: fields}, j.text)
	}
}

// here is the line of the token that was read last.
func (j *jsonValues) here() int {
	j.current += bytes.Count(j.bytes[j.counted:j.tokens.offset], []byte("\n"))
	j.counted = j.tokens.offset
	return j.current
}

// value is the value that a token begins.
func (j *jsonValues) value(t token) (any, []cluster.Fields, error) {
	if passed := j.reader.budget.spend(j.depth, false); passed != "" {
		j.reader.problems.add(j.at(j.here()), "%s", passed)
		return nil, nil, errStop
	}
	switch t.kind {
	case '[', '{':
		j.depth++
		defer func() { j.depth-- }()
		if t.kind == '[' {
			return j.list()
		}
		return j.object()
	case '0':
		value, err := number(string(t.text))
		if err != nil {
			j.reader.problems.add(j.at(j.here()), "%v", err)
		}
		return value, nil, nil
	case '"':
		return j.reader.sharedBytes(t.text), nil, nil
	case 't', 'f':
		return t.kind == 't', nil, nil
	}
	return nil, nil, nil
}

func number(word string) (any, error) {
	if whole, err := strconv.ParseInt(word, 10, 64); err == nil {
		return whole, nil
	}
	value, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return nil, fmt.Errorf("%s is not a number that an object can have", word)
	}
	return value, nil
}

func (j *jsonValues) list() (any, []cluster.Fields, error) {
	list, fields := []any{}, []cluster.Fields{}
	for {
		token, err := j.tokens.next()
		if err != nil || token.kind == ']' || token.kind == 0 {
			return list, fields, err
		}
		at := j.here()
		value, inner, err := j.value(token)
		if err != nil {
			return nil, nil, err
		}
		list, fields = append(list, value), append(fields, cluster.Fields{Line: at, Inner: inner})
	}
}

func (j *jsonValues) object() (any, []cluster.Fields, error) {
	m := mapping{values: map[string]any{}}
	for {
		key, err := j.tokens.next()
		if err != nil || key.kind == '}' || key.kind == 0 {
			return m.values, m.fields, err
		}
		name, at := j.reader.sharedBytes(key.text), j.here()
		token, err := j.tokens.next()
		if err != nil {
			return nil, nil, err
		}
		value, inner, err := j.value(token)
		if err != nil {
			return nil, nil, err
		}
		field := cluster.Fields{Name: name, Line: at, Inner: inner}
		if first, twice := m.set(field, value); twice {
			j.reader.problems.add(j.at(at), "key %q stands twice: also on line %d", name, first)
		}
	}
}
