package daemon

import (
	"math"
	"slices"
	"strings"
	"time"

	"pantau/brand"
	"pantau/store"
	"pantau/trends"
)

// A part is looked at closely when it has this many negatives in a day, and so
// many times its usual: below that the rule would not fire.
const (
	leastPart = 8
	partTimes = 2
)

// parts returns the verdicts that decide. While the whole brand is calm, a source
// or a cause may stand out alone: what is plain in a small shop drowns in a big
// app. An incident that began in a part is followed there until it ends, or until
// the whole brand fires.
func (d *decision) parts(whole []trends.Verdict, evaluated time.Time) ([]trends.Verdict, error) {
	active := d.active()
	if fires(whole) {
		d.life.Part = ""
		return whole, nil
	}
	if active && d.life.Part == "" {
		return whole, nil
	}
	all, err := d.tx.Parts(d.brandID, d.now)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, p := range all {
		if p.Past+p.Observed > 0 {
			n++
		}
	}
	margin := math.Log10(float64(max(n, 1)))
	best, lead := whole, 0.0
	for _, p := range all {
		if active && partName(p) != d.life.Part || !active && !striking(p) {
			continue
		}
		list, err := d.judgePart(p, margin, evaluated)
		if err != nil {
			return nil, err
		}
		newest := list[len(list)-1]
		if by := newest.Score - newest.Threshold; active || fires(list) && (lead == 0 || by > lead) {
			best, lead = list, by
		}
	}
	return best, nil
}

// judgePart replays one part like the brand.
func (d *decision) judgePart(p store.Part, margin float64, evaluated time.Time) ([]trends.Verdict, error) {
	series, err := d.tx.PartSeries(d.brandID, p, d.series)
	if err != nil {
		return nil, err
	}
	if !p.Cause { // causes have the coverage of the brand, which is lagged already
		series = d.lagged(series, p.Name)
	}
	options := d.options
	options.Margin = margin
	series = known(series)
	list, err := d.judge(series, options, evaluated, d.oneVoice(p, series))
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Part = partName(p)
	}
	return list, nil
}

// striking reports whether a part is worth a replay.
func striking(p store.Part) bool {
	return p.Observed >= leastPart && float64(p.Observed) >= partTimes*float64(p.Past)/28
}

// causeOf is the cause that a part is, if it is one.
func causeOf(part string) (brand.Cause, bool) {
	key, is := strings.CutPrefix(part, "cause ")
	c, err := brand.ParseCause(key)
	return c, is && err == nil
}

// partName is how verdicts and incidents call a part.
func partName(p store.Part) string {
	if p.Cause {
		return "cause " + p.Name
	}
	return "source " + p.Name
}

func fires(list []trends.Verdict) bool {
	return slices.ContainsFunc(list, func(v trends.Verdict) bool { return v.Fires })
}
