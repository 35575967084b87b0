package plan

import (
	"strconv"
	"strings"
	"time"
)

// FormatDuration writes a forecast duration as a Go duration, cut to what can be
// meant: milliseconds below a second, tenths below a minute, else seconds.
// The `at` of a step is exact and is not written by this.
func FormatDuration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// ShortDuration is FormatDuration for people: without units that are zero
// ("10m", not "10m0s"), in days from two days on.
func ShortDuration(d time.Duration) string {
	if d >= 48*time.Hour {
		return shortDays(d)
	}
	text := FormatDuration(d)
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func shortDays(d time.Duration) string {
	days := d / (24 * time.Hour)
	text := strconv.FormatInt(int64(days), 10) + "d"
	if hours := d % (24 * time.Hour) / time.Hour; hours > 0 {
		text += strconv.FormatInt(int64(hours), 10) + "h"
	}
	return text
}
