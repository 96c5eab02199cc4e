package trends

import (
	"time"

	"pantau/brand"
)

const (
	restBetween = time.Hour      // between two alerts about one incident
	relapseTime = 24 * time.Hour // after recovering, a new firing is a relapse
	freshness   = 6 * time.Hour  // older windows never open an incident
	takesOver   = 1.5            // times the excess of the cause that was told last: less is no change of cause
	newCause    = 5              // excess, in complaints, below which another cause is no news
)

// Life is the state of the one incident that a series can have at a time. The
// zero value is a series without an incident. It is plain data: the store keeps
// it between hours.
type Life struct {
	State brand.State `json:"state"` // 0 without an incident

	StartedAt    time.Time `json:"started_at,omitzero"`    // first hour of the rise in the window that raised it
	OpenedAt     time.Time `json:"opened_at,omitzero"`     // when the rule decided
	RecoveringAt time.Time `json:"recovering_at,omitzero"` // since when it is calm
	RecoveredAt  time.Time `json:"recovered_at,omitzero"`  // when it was closed, a day later

	ToldAt    time.Time   `json:"told_at,omitzero"` // of the last alert
	Told      int         `json:"told"`             // Voices at that time, with the running hour
	Loud      int         `json:"loud"`             // the voices in the window at that time
	Cause     brand.Cause `json:"cause"`            // main cause at that time
	Causes    uint32      `json:"causes,omitempty"` // one bit for every main cause that was told
	NextCause brand.Cause `json:"next_cause"`       // another main cause that was seen once

	Counted  time.Time `json:"counted,omitzero"` // end of the last closed hour that Total has
	Total    int       `json:"total"`            // negatives since that window began, closed hours, copies included
	Voices   int       `json:"voices"`           // independent ones among them
	Excess   float64   `json:"excess"`           // those above the usual
	Peak     int       `json:"peak"`             // greatest number observed in a window
	Depth    float64   `json:"depth"`            // greatest share of negatives in a window
	Score    float64   `json:"score"`            // greatest
	Part     string    `json:"part,omitempty"`   // [Verdict.Part] of the verdict that opened it
	Relapses int       `json:"relapses"`         // how often it came back
	Calm     int       `json:"calm"`             // calm closed hours in a row
}

// Next returns the life after a verdict and what there is to tell, "" when there
// is nothing. The verdicts must come in the order of time; causes are those that
// stand out in the window of v, greatest excess first. A verdict on the past, more
// than six hours before now, never opens an incident.
func (l Life) Next(v Verdict, causes []brand.Driver, now time.Time) (Life, brand.Change) {
	switch {
	case l.State == 0 || l.State == brand.Recovered:
		if !v.Fires || now.Sub(v.At) > freshness {
			return l, ""
		}
		return open(v, MainCause(causes)), brand.Opened
	case l.State == brand.FalseAlarm: // silent until the episode is over
		if l = l.count(v, now); l.Calm >= calmHours {
			l = Life{}
		}
		return l, ""
	}
	l = l.count(v, now)
	if v.Fires && l.Calm < calmHours {
		return l.firing(v, causes, now)
	}
	return l.calming(v), l.closing(v)
}

// Declared returns when a person said that the incident is over before that was
// measured, rounded up to the hour; zero when nobody did. What was written until
// then is what they meant: it opens no other.
func (l Life) Declared() time.Time {
	if l.State != brand.Recovered || l.RecoveredAt.IsZero() ||
		!l.RecoveringAt.IsZero() && !l.RecoveredAt.Before(l.RecoveringAt.Add(relapseTime)) {
		return time.Time{}
	}
	return l.RecoveredAt.Add(time.Hour - 1).Truncate(time.Hour)
}

// open begins an incident.
func open(v Verdict, main brand.Cause) Life {
	l := Life{State: brand.Open, OpenedAt: v.At, StartedAt: v.At.Add(-time.Duration(v.Rise) * time.Hour),
		Counted: v.At, Total: v.Observed, Voices: v.Voices, Excess: float64(v.Observed) - v.Expected, Cause: main, NextCause: main, Part: v.Part}
	if v.Running { // counted when the hour closes
		l.Total -= v.Newest
		l.Voices -= v.NewVoices
		l.Excess -= float64(v.Newest) - v.Usual
		l.Counted = v.At.Add(-time.Hour)
	}
	l = l.peak(v)
	return l.told(v, main)
}

// voices is Voices with the running hour.
func (l Life) voices(v Verdict) int {
	if v.Running {
		return l.Voices + v.NewVoices
	}
	return l.Voices
}

func (l Life) told(v Verdict, main brand.Cause) Life {
	l.ToldAt, l.Told, l.Loud, l.Cause, l.NextCause = v.At, l.voices(v), v.Voices, main, main
	l.Causes |= 1 << main
	return l
}

// count adds a closed hour, once: a clock that was put back brings hours again. When
// it had stood far ahead, counting begins anew.
func (l Life) count(v Verdict, now time.Time) Life {
	const farAhead = 24 * time.Hour
	if l.Counted.Sub(now) > farAhead {
		l.Counted = time.Time{}
	}
	if v.Running || !v.At.After(l.Counted) {
		return l
	}
	l.Counted = v.At
	l.Total += v.Newest
	l.Voices += v.NewVoices
	l.Excess += float64(v.Newest) - v.Usual
	switch {
	case v.Calm:
		l.Calm++
	case !v.Unsure:
		l.Calm = 0
	}
	return l
}

func (l Life) peak(v Verdict) Life {
	l.Peak = max(l.Peak, v.Observed)
	l.Depth = max(l.Depth, v.Share)
	l.Score = max(l.Score, v.Score)
	return l
}

// firing goes on with an incident whose window is above the threshold.
func (l Life) firing(v Verdict, causes []brand.Driver, now time.Time) (Life, brand.Change) {
	main := MainCause(causes)
	l = l.peak(v)
	if l.State == brand.Recovering {
		l.State, l.RecoveringAt = brand.Relapsed, time.Time{}
		l.Relapses++
		l.Calm = 0
		if now.Sub(v.At) > freshness {
			return l, ""
		}
		return l.told(v, main), brand.BackAgain
	}
	if v.At.Sub(l.ToldAt) < restBetween {
		return l, ""
	}
	// Voices, because copies of a text are no news: what is told has both numbers.
	if l.voices(v) >= 2*l.Told || v.Voices >= 2*l.Loud {
		return l.told(v, main), brand.Worsened
	}
	again := main == l.NextCause // one odd hour is no change
	l.NextCause = main
	if again && l.news(main, causes) {
		return l.told(v, main), brand.CauseChanged
	}
	return l, ""
}

// news reports whether it is worth an alert that main leads now. Two causes that
// lead in turn are one story, and each is told once.
func (l Life) news(main brand.Cause, causes []brand.Driver) bool {
	if main == brand.Unexplained || l.Causes>>main&1 == 1 {
		return false
	}
	return excess(causes, main) >= max(newCause, takesOver*excess(causes, l.Cause))
}

// excess of a cause, 0 when it is unknown or does not stand out.
func excess(causes []brand.Driver, cause brand.Cause) float64 {
	for _, d := range causes {
		if d.Key == cause.String() && cause != brand.Unexplained {
			return d.Excess()
		}
	}
	return 0
}

// calming moves an incident towards its end.
func (l Life) calming(v Verdict) Life {
	if l.State != brand.Recovering && l.Calm >= calmHours {
		l.State, l.RecoveringAt = brand.Recovering, v.At
	}
	if l.closing(v) != "" {
		l.State, l.RecoveredAt = brand.Recovered, v.At
	}
	return l
}

func (l Life) closing(v Verdict) brand.Change {
	if l.State == brand.Recovering && !v.At.Before(l.RecoveringAt.Add(relapseTime)) {
		return brand.Closed
	}
	return ""
}
