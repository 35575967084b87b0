package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// patience is how long work may take before a person is told what it is.
const patience = time.Second

// Progress tells a person at a terminal what takes long, with the seconds that it
// has taken, and wipes that out at the end. Nothing is written to a file or a pipe.
// The function that it returns ends it, and waits until the line is clean. What there
// is to say meanwhile goes to the writer that it returns, and is shown then.
func Progress(w io.Writer, what string) (later io.Writer, end func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return w, func() {}
	}
	stop, stopped, said := make(chan struct{}), make(chan struct{}), &bytes.Buffer{}
	go func() {
		defer close(stopped)
		tell(f, what, stop)
	}()
	return said, func() {
		close(stop)
		<-stopped
		_, _ = said.WriteTo(f)
	}
}

func tell(w io.Writer, what string, stop <-chan struct{}) {
	tick := time.NewTicker(patience)
	defer tick.Stop()
	said := ""
	for seconds := 1; ; seconds++ {
		select {
		case <-stop:
			if said != "" {
				fmt.Fprintf(w, "\r%*s\r", len(said), "")
			}
			return
		case <-tick.C:
			said = fmt.Sprintf("%s … %ds", what, seconds)
			fmt.Fprintf(w, "\r%s", said)
		}
	}
}
