package rollouts

import "time"

// scenario is a world with a name, and lines of its rollout that are known from the
// documentation of the algorithms, with the image in place of the name of a ReplicaSet
// or a revision.
type scenario struct {
	World
	has  []string // how some lines begin
	lack []string // how none does
}

// Scenarios are the worked examples.
func Scenarios() []scenario {
	return []scenario{
		named("ten replicas roll at 25% and 25%", World{
			Start:  newDeployment(scale(10), rolling("25%", "25%")),
			Change: []edit{image("web:2")},
		}, "web:1 = 8 at 0s", "web:2 = 5 at 0s"),
		named("one more, none less", World{
			Start:  newDeployment(scale(3), rolling("1", "0")),
			Change: []edit{image("web:2")},
		}, "web:2 = 1 at 0s"),
		named("one less, none more, available after 5s", World{
			Start:  newDeployment(scale(4), rolling("0", "1"), minReady(5)),
			Change: []edit{image("web:2")},
		}, "web:1 = 3 at 0s", "web:2 = 1 at 0s"),
		named("a percentage of three rounds up for more and down for less", World{
			Start:  newDeployment(scale(3), rolling("33%", "33%")),
			Change: []edit{image("web:2")},
		}, "web:2 = 1 at 0s"),
		named("all at once", World{
			Start:  newDeployment(scale(6), rolling("100%", "0")),
			Change: []edit{image("web:2")},
		}, "web:2 = 6 at 0s"),
		named("recreate stops everything first", World{
			Start:  newDeployment(scale(5), recreate()),
			Change: []edit{image("web:2")},
		}, "web:1 = 0 at 0s"),
		named("a broken image stops the rollout", World{
			Start:  newDeployment(scale(10), rolling("25%", "25%"), deadline(20)),
			Change: []edit{image("broken:1")},
		}, "web:1 = 8 at 0s", "broken:1 = 5 at 0s"),
		named("a broken image is taken back", World{
			Start:  newDeployment(scale(10), rolling("25%", "25%"), deadline(20)),
			Early:  []edit{cut(image("broken:1"), 6*time.Second)},
			Change: []edit{image("web:1")},
		}, "web:1 = 10 at 0s", "broken:1 = 0 at 0s"),
		named("scaling up in the middle is shared out", World{
			Start:  newDeployment(scale(10), rolling("3", "2")),
			Early:  []edit{cut(image("web:2"), 4*time.Second)},
			Change: []edit{scale(20)},
		}),
		named("scaling down in the middle is shared out", World{
			Start:  newDeployment(scale(12), rolling("4", "0"), minReady(3)),
			Early:  []edit{cut(image("web:2"), 5*time.Second)},
			Change: []edit{scale(5)},
		}),
		named("another image in the middle", World{
			Start:  newDeployment(scale(8), rolling("2", "1")),
			Early:  []edit{cut(image("web:2"), 3*time.Second)},
			Change: []edit{image("web:3")},
		}),
		named("paused, it grows and does not roll", World{
			Start:  newDeployment(scale(4)),
			Early:  []edit{paused(true)},
			Change: []edit{together(image("web:2"), scale(6))},
		}, "web:1 = 6 at 0s"),
		named("resumed, it rolls", World{
			Start:  newDeployment(scale(4)),
			Early:  []edit{paused(true), image("web:2")},
			Change: []edit{paused(false)},
		}, "web:1 = 3 at 0s", "web:2 = 2 at 0s"),
		named("old ReplicaSets over the limit go", World{
			Start:   newDeployment(scale(0), historyLimit(1)),
			History: []edit{image("web:2"), image("web:3"), scale(3)},
			Change:  []edit{image("web:4")},
		}),
		named("a ReplicaSet that nobody owns is adopted",
			World{Start: newReplicaSet(scale(4)), Create: newDeployment(scale(6), image("web:2"))}),
	}
}

func named(name string, w World, has ...string) scenario {
	w.Name = name
	w.Seed = 1
	return scenario{World: w, has: has}
}

func (s scenario) without(lines ...string) scenario {
	s.lack = lines
	return s
}

func cut(e edit, after time.Duration) edit {
	e.after = after
	return e
}
