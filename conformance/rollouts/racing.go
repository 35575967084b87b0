package rollouts

import "regexp"

// undetermined is what depends on how caches and controllers race: how many writes
// a size took, when something was seen, and which progress was noted last.
var undetermined = regexp.MustCompile(`generation \d+|"observedGeneration":\d+| since .*| is Progressing=.*`)

// compareEnds says how the ends of two rollouts differ in what is determined when
// the controllers race.
func compareEnds(real, ours rollout) string {
	var lines [2][]string
	for i, side := range []rollout{real, ours} {
		for _, line := range stateOf(side.end) {
			lines[i] = append(lines[i], undetermined.ReplaceAllString(line, ""))
		}
	}
	return differing("state at the end", lines[0], lines[1])
}
