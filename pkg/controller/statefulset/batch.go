package statefulset

import (
	"slices"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"
)

// mostAtOnce is the size of the largest batch.
// Follows stateful_set_control.go MaxBatchSize, v1.37.0.
const mostAtOnce = 500

// batches is a run over pods in batches of 1, 2, 4, … 500. A batch in which something
// fails is still finished, and is the last. Within a batch the real controller does all
// at once, here it is one after the other.
// Follows stateful_set_control.go slowStartBatch, v1.37.0.
type batches struct {
	end  int // of the batch in which something failed
	errs []error
}

// note takes the result for the pod with an index.
func (b *batches) note(index int, err error) {
	if err == nil {
		return
	}
	if len(b.errs) == 0 {
		b.end = batchEnd(index)
	}
	b.errs = append(b.errs, err)
}

// over reports whether nothing more is done from an index on.
func (b *batches) over(index int) bool { return len(b.errs) > 0 && index >= b.end }

func (b *batches) err() error { return joined(b.errs) }

// batchEnd returns the index after the last of the batch that an index is in: of 0 it
// is 1, of 1 and 2 it is 3, of 3 to 6 it is 7.
func batchEnd(index int) int {
	size, end := 1, 1
	for end <= index {
		size = min(2*size, mostAtOnce)
		end += size
	}
	return end
}

// joined is one error of several, of which some may be nil. A single one stays as it is,
// so that its kind can be told.
func joined(errs []error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return utilerrors.NewAggregate(errs)
}
