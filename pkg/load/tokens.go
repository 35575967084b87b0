package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// token is what JSON is made of. Text is that of a number, or of a string whose escapes are
// resolved; it lives as long as the tokens are not asked for the next.
type token struct {
	kind byte // one of { } [ ] " 0 t f n, and 0 at the end
	text []byte
}

// tokens reads JSON that is known to be valid, several values one after the other, twice
// as fast as a json.Decoder, which makes an error for each number and each string.
type tokens struct {
	bytes  []byte
	offset int // behind the last token
}

// next skips what stands between values: valid JSON needs no look at it.
func (t *tokens) next() (token, error) {
	for ; t.offset < len(t.bytes); t.offset++ {
		switch t.bytes[t.offset] {
		case ' ', '\t', '\n', '\r', ',', ':':
			continue
		}
		return t.read()
	}
	return token{}, nil
}

func (t *tokens) read() (token, error) {
	start := t.offset
	switch c := t.bytes[start]; c {
	case '{', '}', '[', ']':
		t.offset++
		return token{kind: c}, nil
	case '"':
		return t.string()
	case 't', 'n':
		t.offset += len("true")
		return token{kind: c}, nil
	case 'f':
		t.offset += len("false")
		return token{kind: c}, nil
	}
	for t.offset < len(t.bytes) && bytes.IndexByte([]byte("+-.0123456789eE"), t.bytes[t.offset]) >= 0 {
		t.offset++
	}
	if t.offset == start {
		return token{}, errors.New("is not JSON") // nobody gets here with valid JSON
	}
	return token{kind: '0', text: t.bytes[start:t.offset]}, nil
}

// string reads a string; one with escapes is left to encoding/json.
func (t *tokens) string() (token, error) {
	start, escaped := t.offset, false
	for t.offset++; t.offset < len(t.bytes) && t.bytes[t.offset] != '"'; t.offset++ {
		if t.bytes[t.offset] == '\\' {
			escaped = true
			t.offset++
		}
	}
	if t.offset >= len(t.bytes) {
		return token{}, io.ErrUnexpectedEOF
	}
	t.offset++
	quoted := t.bytes[start:t.offset]
	if !escaped {
		return token{kind: '"', text: quoted[1 : len(quoted)-1]}, nil
	}
	var text string
	err := json.Unmarshal(quoted, &text)
	return token{kind: '"', text: []byte(text)}, err
}

// checkJSON is the first error in JSON values that follow each other.
func checkJSON(content []byte) error {
	if json.Valid(content) {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	for {
		var value json.RawMessage
		if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
