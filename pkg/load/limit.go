package load

import "errors"

// The limits that keep a file from taking the machine. They are above what a
// cluster of the largest supported size, and what a server, can have: 150,000
// pods, and objects of a few megabytes. The YAML parser's tree takes up to 80
// times the size of a document.
const (
	maxFile     = 100 << 20 // bytes
	maxDocument = 16 << 20  // bytes of YAML that is parsed at once
	maxObjects  = 1_000_000 // documents in a file, items in a List
	maxValues   = 10_000_000
	maxDepth    = 1_000
)

// Values that only stand for YAML aliases are limited for all input together: the
// more of it there is, the more of them there may be.
const (
	minAliases    = 200_000
	bytesPerAlias = 20
)

// budget is how much more may be read.
type budget struct {
	values  int
	aliases int
}

var errStop = errors.New("the problem is recorded")

// spend takes a value out of the budget, and says which limit is passed.
func (b *budget) spend(depth int, aliased bool) string {
	b.values--
	if aliased {
		b.aliases--
	}
	switch {
	case depth > maxDepth:
		return "is nested too deep: more than 1000 levels"
	case b.values < 0:
		return "the file has more than 10 million values"
	case b.aliases < 0:
		return "YAML aliases stand for too many values"
	}
	return ""
}
