package cluster

import "testing"

func TestAtIsTheLineOfTheFieldOrOfWhatIsAroundIt(t *testing.T) {
	document := Document{
		Source: Source{File: "a.yaml", Line: 1},
		Fields: &Fields{Line: 1, Inner: []Fields{
			{Name: "metadata", Line: 2, Inner: []Fields{
				{Name: "labels", Line: 3, Inner: []Fields{{Name: "example.com/a", Line: 4}}},
			}},
			{Name: "spec", Line: 5, Inner: []Fields{
				{Name: "containers", Line: 6, Inner: []Fields{
					{Line: 7}, {Line: 8, Inner: []Fields{{Name: "image", Line: 9}}},
				}},
			}},
		}},
	}
	for path, want := range map[string]int{
		"":                                 1,
		"spec":                             5,
		"spec.containers":                  6,
		"spec.containers[0]":               7,
		"spec.containers[1].image":         9,
		"spec.containers[1].name":          8,
		"spec.containers[2].image":         6,
		"spec.container":                   5,
		"spec.containers[":                 6,
		"spec.strategy.type":               5,
		"metadata.labels[example.com/a]":   4,
		`metadata.labels["example.com/a"]`: 4,
		"metadata.labels.example.com/a":    4,
		"status":                           1,
	} {
		if got := document.At(path); got != (Source{File: "a.yaml", Line: want}) {
			t.Errorf("%s: got %s, want line %d", path, got, want)
		}
	}
	if got := (Document{Source: document.Source}).At("spec"); got != document.Source {
		t.Errorf("without fields: got %s", got)
	}
}
