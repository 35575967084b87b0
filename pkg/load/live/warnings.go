package live

import (
	"context"
	"slices"
	"sync"
)

// warnings collects what the server warns of, and what is to be said of the reading
// itself, each once.
type warnings struct {
	mutex sync.Mutex
	texts []string
}

// Warnings are what the server has warned of so far, and what to know of how the
// state was read, each once.
func (s *Server) Warnings() []string {
	s.warnings.mutex.Lock()
	defer s.warnings.mutex.Unlock()
	return slices.Clone(s.warnings.texts)
}

func (w *warnings) add(text string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if text != "" && !slices.Contains(w.texts, text) {
		w.texts = append(w.texts, text)
	}
}

// miscPersistentWarning is the only code that API servers use: RFC 7234, 5.5.
const miscPersistentWarning = 299

// HandleWarningHeaderWithContext implements rest.WarningHandlerWithContext.
func (w *warnings) HandleWarningHeaderWithContext(_ context.Context, code int, _, text string) {
	if code == miscPersistentWarning {
		w.add(text)
	}
}
