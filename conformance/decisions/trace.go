package decisions

import (
	"strings"
	"sync"

	"github.com/go-logr/logr"
)

// trace is a log sink that keeps the messages and drops the values: they tell
// which way a real controller went.
type trace struct {
	lock     sync.Mutex // pods are created by many goroutines at once
	messages []string
}

// take returns what was logged since the last call.
func (t *trace) take() []string {
	t.lock.Lock()
	defer t.lock.Unlock()
	messages := t.messages
	t.messages = nil
	return messages
}

// Init implements logr.LogSink.
func (t *trace) Init(logr.RuntimeInfo) {}

// Enabled implements logr.LogSink.
func (t *trace) Enabled(level int) bool { return level <= 4 }

// Info implements logr.LogSink.
func (t *trace) Info(_ int, message string, _ ...any) {
	message, _, _ = strings.Cut(message, ":")
	t.lock.Lock()
	defer t.lock.Unlock()
	t.messages = append(t.messages, message)
}

// Error implements logr.LogSink.
func (t *trace) Error(_ error, message string, _ ...any) { t.Info(0, message) }

// WithValues implements logr.LogSink.
func (t *trace) WithValues(...any) logr.LogSink { return t }

// WithName implements logr.LogSink.
func (t *trace) WithName(string) logr.LogSink { return t }
