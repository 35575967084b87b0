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
	attempt := r.attempt()
	values := jsonValues{text: t, reader: attempt, decoder: json.NewDecoder(bytes.NewReader(t.bytes))}
	values.decoder.UseNumber()
	values.current = t.line
	err := values.all()
	if err == nil || errors.Is(err, errStop) {
		r.take(attempt)
		return
	}
	if len(t.bytes) <= maxDocument {
		attempt = r.attempt()
		attempt.yaml(t)
		if attempt.problems.count() == 0 || !quotesFirstKey(t.bytes) {
			r.take(attempt)
			return
		}
	}
	r.problems.add(t.at(values.place(err)), "invalid JSON: %v", message(err))
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

// jsonValues reads values token by token, since that is the only way to see keys
// that stand twice, and lines.
type jsonValues struct {
	text
	reader  *reader
	decoder *json.Decoder
	depth   int

	current int // the line of the last token
	offset  int // up to where lines are counted
}

// place is the line of an error.
func (j *jsonValues) place(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return j.lineAt(int(syntax.Offset) - 1)
	}
	return j.lineAt(len(bytes.TrimSpace(j.bytes)))
}

func (j *jsonValues) all() error {
	for {
		token, err := j.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
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
	end := int(j.decoder.InputOffset())
	j.current += bytes.Count(j.bytes[j.offset:end], []byte("\n"))
	j.offset = end
	return j.current
}

// next reads the value after the last token, and its line.
func (j *jsonValues) next() (any, cluster.Fields, error) {
	token, err := j.decoder.Token()
	if err != nil {
		return nil, cluster.Fields{}, err
	}
	at := j.here()
	value, inner, err := j.value(token)
	return value, cluster.Fields{Line: at, Inner: inner}, err
}

// value is the value that a token begins.
func (j *jsonValues) value(token json.Token) (any, []cluster.Fields, error) {
	if passed := j.reader.budget.spend(j.depth, false); passed != "" {
		j.reader.problems.add(j.at(j.here()), "%s", passed)
		return nil, nil, errStop
	}
	switch token := token.(type) {
	case json.Delim:
		j.depth++
		defer func() { j.depth-- }()
		if token == '[' {
			return j.list()
		}
		return j.object()
	case json.Number:
		value, err := number(token)
		if err != nil {
			j.reader.problems.add(j.at(j.here()), "%v", err)
		}
		return value, nil, nil
	case string:
		return j.reader.shared(token), nil, nil
	}
	return token, nil, nil
}

func number(word json.Number) (any, error) {
	if whole, err := strconv.ParseInt(word.String(), 10, 64); err == nil {
		return whole, nil
	}
	value, err := word.Float64()
	if err != nil {
		return nil, fmt.Errorf("%s is not a number that an object can have", word)
	}
	return value, nil
}

func (j *jsonValues) list() (any, []cluster.Fields, error) {
	list, fields := []any{}, []cluster.Fields{}
	for j.decoder.More() {
		value, field, err := j.next()
		if err != nil {
			return nil, nil, err
		}
		list, fields = append(list, value), append(fields, field)
	}
	_, err := j.decoder.Token()
	return list, fields, err
}

func (j *jsonValues) object() (any, []cluster.Fields, error) {
	m := mapping{values: map[string]any{}}
	for j.decoder.More() {
		key, err := j.decoder.Token()
		if err != nil {
			return nil, nil, err
		}
		name, at := j.reader.shared(key.(string)), j.here()
		value, field, err := j.next()
		if err != nil {
			return nil, nil, err
		}
		field.Name, field.Line = name, at
		if first, twice := m.set(field, value); twice {
			j.reader.problems.add(j.at(at), "key %q stands twice: also on line %d", name, first)
		}
	}
	_, err := j.decoder.Token()
	return m.values, m.fields, err
}
