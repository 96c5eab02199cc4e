package daemon

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"pantau/brand"
	"pantau/config"
	"pantau/store"
	"pantau/trends"
)

// history is how far back the rule looks: its longest memory is eight weeks.
const history = 90 * 24 * time.Hour

// detect judges the hours of one brand that ended since the last evaluation, and
// the running one. What is to be told is saved and queued in this transaction.
func (p *Pipeline) detect(tx *store.Tx, b config.Brand) ([]brand.Alert, error) {
	if b.Competitor {
		return nil, nil
	}
	d := decision{p: p, tx: tx, brand: b, now: p.Now()}
	if err := d.decide(); err != nil {
		return nil, fmt.Errorf("detect %s: %w", b.Name, err)
	}
	for _, a := range d.alerts {
		logChange(p.Log, a.Change, &a.Incident)
	}
	return d.alerts, nil
}

func logChange(log *slog.Logger, change brand.Change, i *brand.Incident, more ...any) {
	log.Info("incident changed", append([]any{"change", change, "brand", i.Brand, "incident", i.ID, "severity", i.Severity.String(), "cause", i.Cause.String(),
		"observed", i.Observed, "expected", fmt.Sprintf("%.1f", i.Expected), "window", i.Window.String(), "score", fmt.Sprintf("%.1f", i.Score)}, more...)...)
}

// decision is one evaluation of one brand.
type decision struct {
	p       *Pipeline
	tx      *store.Tx
	brand   config.Brand
	now     time.Time
	brandID int64
	life    trends.Life
	series  trends.Series  // of the whole brand
	options trends.Options // how it is judged

	change  brand.Change   // to be told at the end of the evaluation, "" for nothing
	verdict trends.Verdict // its numbers
	groups  store.Groups   // negatives in the verdict's window and before
	alerts  []brand.Alert
}

func (d *decision) decide() (err error) {
	if d.brandID, err = d.tx.BrandID(d.brand.Name); err != nil || d.brandID == 0 {
		return err // a brand without a first run has nothing to judge
	}
	var evaluated time.Time
	if d.life, evaluated, err = d.tx.Watch(d.brandID); err != nil {
		return err
	}
	verdicts, err := d.verdicts(evaluated)
	if err != nil {
		return err
	}
	if verdicts, err = d.parts(verdicts, evaluated); err != nil {
		return err
	}
	for _, v := range verdicts {
		if err := d.next(v); err != nil {
			return err
		}
	}
	if err := d.tell(); err != nil {
		return err
	}
	if len(d.alerts) == 0 {
		if err := d.remind(); err != nil {
			return err
		}
	}
	return d.tx.SaveWatch(d.brandID, d.now, d.life, verdicts[len(verdicts)-1])
}

// verdicts returns the verdicts of the hours that ended after evaluated, and of
// the running one. The calendar raises what is expected, but never of complaints
// about data security: those are judged without it.
func (d *decision) verdicts(evaluated time.Time) ([]trends.Verdict, error) {
	series, err := d.tx.Series(d.brandID, d.now.Add(-history), d.now)
	if err != nil {
		return nil, err
	}
	options, err := d.p.options(d.brand.Name, series.Start, d.now)
	if err != nil {
		return nil, err
	}
	options.Afresh = d.life.Declared()
	series = d.lagged(known(series), "")
	d.series, d.options = series, options
	oneVoice := d.oneVoice(store.Part{}, series)
	list, err := d.judge(series, options, evaluated, oneVoice)
	if err != nil || !d.eventful(list) {
		return list, err
	}
	options.Events = nil
	without, err := d.judge(series, options, evaluated, oneVoice)
	if err != nil {
		return nil, err
	}
	for i, plain := range without {
		if list[i].Fires || !plain.Fires {
			continue
		}
		groups, err := d.lookAt(plain)
		if err != nil {
			return nil, err
		}
		if trends.MainCause(drivers(groups.Causes, groups, plain)) == brand.DataSecurityFraud {
			list[i] = plain
		}
	}
	return list, nil
}

// options returns how a brand is judged in a span.
func (p *Pipeline) options(name string, from, to time.Time) (o trends.Options, err error) {
	for _, e := range p.Calendar.Between(name, from, to) {
		o.Events = append(o.Events, trends.Event(e))
	}
	o.Sensitivity, err = trends.ParseSensitivity(p.Sensitivity)
	return o, err
}

// eventful reports whether the calendar could have changed a verdict: its longest
// window is three days.
func (d *decision) eventful(list []trends.Verdict) bool {
	first := list[0].At.Add(-72 * time.Hour)
	return len(d.p.Calendar.Between(d.brand.Name, first, d.now)) > 0
}

// judge replays a series. Where that decides something, it replays the hours in which
// every author counts once: a verdict that nobody will hear of need not read who wrote.
func (d *decision) judge(series trends.Series, options trends.Options, evaluated time.Time, oneVoice func() ([]trends.Hour, error)) ([]trends.Verdict, error) {
	list := d.replay(series, options, evaluated)
	if !fires(list) && !d.active() {
		return list, nil
	}
	hours, err := oneVoice()
	if err != nil || hours == nil {
		return list, err
	}
	series.Hours = hours
	return d.replay(series, options, evaluated), nil
}

// oneVoice returns the hours of a series of a part, or of the whole brand (the zero
// part), with every author counted once in the newest of them; nil when nobody wrote
// twice. It reads who wrote when it is called first.
func (d *decision) oneVoice(part store.Part, series trends.Series) func() ([]trends.Hour, error) {
	return sync.OnceValues(func() ([]trends.Hour, error) {
		first := max(len(series.Hours)-authorHours, 0)
		hours := slices.Clone(series.Hours)
		found, err := d.tx.CountAuthors(d.brandID, part, series.Start.Add(time.Duration(first)*time.Hour), hours[first:], authorMost)
		if err != nil || !found {
			return nil, err
		}
		return hours, nil
	})
}

// authorHours are as many as verdicts of one evaluation look at: the longest
// window, and the hours since the evaluation before.
const authorHours = 96

// authorMost complaints are looked at, so that a flood cannot slow the judging down.
const authorMost = 20_000

// active reports whether an incident goes on.
func (d *decision) active() bool { return d.life.State != 0 && !d.life.State.Ended() }

// replay runs a series through the rule. Replaying everything costs milliseconds
// and makes a verdict a function of the stored rows alone: late mentions and
// corrections count the next time round.
func (d *decision) replay(series trends.Series, options trends.Options, evaluated time.Time) (list []trends.Verdict) {
	if evaluated.IsZero() {
		evaluated = d.now.Add(-catchUp - time.Nanosecond)
	}
	detector := trends.NewDetector(options, series.Start)
	last := len(series.Hours) - 1
	learned := min(max(int(evaluated.Sub(series.Start)/time.Hour)-followed, 0), last)
	detector.LearnAll(series.Hours[:learned])
	for _, h := range series.Hours[learned:last] {
		if v := detector.Push(h); v.At.After(evaluated) {
			list = append(list, v)
		}
	}
	return append(list, detector.Preview(series.Hours[last]))
}

// followed is how many hours before the first verdict that is wanted episodes are
// followed. What came before is only learned: an episode of four weeks is the usual
// by then.
const followed = 28 * 24

// catchUp is how far back the first evaluation of a brand feeds its life: older
// hours could not open an incident anyway.
const catchUp = 6 * time.Hour

// known cuts the hours before the first that was watched: a brand that was added
// last week has a week of history, not ninety days of silence.
func known(s trends.Series) trends.Series {
	for i, h := range s.Hours {
		if h.Coverage > 0 || i == len(s.Hours)-1 {
			return trends.Series{Start: s.Start.Add(time.Duration(i) * time.Hour), Hours: s.Hours[i:]}
		}
	}
	return s
}

// next feeds a verdict to the incident's life. What changes in several hours that
// are judged together, after a pause or at the first start, is told once, with
// the numbers of the newest hour that fired.
func (d *decision) next(v trends.Verdict) error {
	if over := d.life.Declared(); !over.IsZero() && !v.At.After(over) {
		return nil
	}
	var groups store.Groups
	var causes []brand.Driver
	if v.Fires || d.active() {
		var err error
		if groups, err = d.lookAt(v); err != nil {
			return err
		}
		causes = drivers(groups.Causes, groups, v)
	}
	life, change := d.life.Next(v, causes, d.now)
	d.life = life
	if change != "" && (d.change == "" || change == brand.Closed) {
		d.change, d.verdict, d.groups = change, v, groups
	} else if d.change != "" && v.Fires {
		d.verdict, d.groups = v, groups
	}
	if change == brand.Closed {
		return d.tell() // a new incident may follow in the same evaluation
	}
	return nil
}

// window is the span of a verdict's window, up to now.
func (d *decision) window(v trends.Verdict) (from, to time.Time) {
	to = v.At
	if to.After(d.now) {
		to = d.now
	}
	return to.Add(-time.Second).Truncate(time.Hour).Add(-time.Duration(v.Window-1) * time.Hour), to
}

func (d *decision) lookAt(v trends.Verdict) (store.Groups, error) {
	from, to := d.window(v)
	return d.tx.Groups(d.brandID, from, to.Add(-time.Second))
}

// drivers ranks groups of negatives by excess. A group's share of the past is
// its share of what is expected now.
func drivers(groups []trends.Group, all store.Groups, v trends.Verdict) []brand.Driver {
	n := past(all)
	return trends.Drivers(groups, usual(v, n)/float64(max(n, 1)))
}

// past counts the negatives of the four weeks before the window.
func past(all store.Groups) (n int) {
	for _, g := range all.Sources {
		n += g.Past
	}
	return n
}

// usual is how many negatives of the whole brand are usual in the window of v. Of
// a part that was judged alone, the expectation is not that of the brand.
func usual(v trends.Verdict, past int) float64 {
	if v.Part != "" {
		return float64(past) * float64(v.Window) / (28 * 24)
	}
	return v.Expected
}

// tell saves the incident as it is now and queues its alert, if there is one.
func (d *decision) tell() error {
	if d.change == "" {
		return nil
	}
	incident, err := d.incident()
	if err != nil {
		return err
	}
	change := d.change
	d.change = ""
	return d.record(change, incident, d.verdict, d.p.Channels)
}

// record saves a change of the incident and queues its alert.
func (d *decision) record(change brand.Change, i *brand.Incident, v trends.Verdict, channels []string) error {
	until, err := d.tx.Silenced(d.brandID, d.now)
	if err != nil {
		return err
	}
	if !until.IsZero() {
		i.SilencedUntil = until // the record says why nobody heard of it
	}
	number, err := d.tx.SaveIncident(d.brandID, i, change, v)
	if err != nil {
		return err
	}
	if !until.IsZero() {
		logChange(d.p.Log, change, i, "silenced_until", until.Format(time.RFC3339))
	}
	return d.queue(change, i, number, channels)
}

// queue puts an alert into the outboxes. A silence keeps it back, never the
// record of the change.
func (d *decision) queue(change brand.Change, i *brand.Incident, number int64, channels []string) error {
	until, err := d.tx.Silenced(d.brandID, d.now)
	if err != nil || !until.IsZero() {
		return err
	}
	alert := brand.Alert{Change: change, Incident: *i}
	d.alerts = append(d.alerts, alert)
	return d.tx.Queue(alert, number, channels, d.now)
}
