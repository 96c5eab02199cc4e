package trends

import "math"

// The floors below which a window says nothing.
const (
	leastInWindow = 4
	leastInDay    = 8
	leastCold     = 10  // in a day, during the first two weeks
	leastRatio    = 2.0 // times the expectation
	leastExcess   = 3.0
	slowRatio     = 1.6 // times the expectation, for the slow-rise sum
	dayWindow     = 3   // number of the window of 24 h
)

// thresholds in decades, by [Sensitivity]. They, the margins and the bounds of
// [Detector.proof] spend the false alarms of the benchmark where they buy recall.
var thresholds = [...]float64{Seimbang: 2.5, Peka: 1.9, Tenang: 3.5}

// margins are what a window adds to the threshold: six hours show an outage best,
// shorter windows find hardly one more and have more hours in which to be fooled,
// and a whole day goes wrong more often than its forecast says.
var margins = [len(windows)]float64{0.2, 0.2, -0.5, 0.4, 0.1}

const (
	slowMargin  = 0.3 // of the slow-rise sum
	surgeMargin = 2.5 // while everything rises: a sale has more to complain about
	waryMargin  = 2   // on the day after a gap, and for days after a long episode
	coldMargin  = 1   // where nothing but the share is known
)

// saleMargin is what a surge of the given weight adds to the threshold: nothing
// clearly below its prior, where the others speak against it.
func saleMargin(weight float64) float64 {
	const least = 0.35
	if weight < least {
		return 0
	}
	return weight * surgeMargin
}

// proof is what a busy brand adds to the threshold: where complaints come by the
// hundred, an incident clears ten times the proof within the hour, and chance has
// more hours in which to look like one.
func (d *Detector) proof() float64 {
	const few, many = 11, 110 // negatives a day
	switch rate := d.rate(); {
	case rate <= few:
		return 0
	case rate >= many:
		return 1
	default:
		return math.Log10(rate / few)
	}
}

// stage says how sure the baseline is and what the threshold gains by that.
func (d *Detector) stage() (Stage, float64) {
	switch {
	case d.days < 2:
		return StageLearning, 0
	case d.days < 14:
		return StageLowConfidence, 1
	case d.days < 28 || d.seen < 30:
		return StageSettling, 0.5
	}
	return StageNormal, 0
}

// judge decides on the windows that end now. The verdict is filled in place: it
// is large, and copies of it were a tenth of the cost of an hour.
func (d *Detector) judge(v *Verdict) {
	stage, more := d.stage()
	newest, day := &d.cells[(d.hours-1)%longest], &d.lastDay
	v.At, v.Reason, v.Stage, v.Factor = d.clock.end(), Quiet, stage, 1
	v.Threshold = thresholds[min(int(d.options.Sensitivity), len(thresholds)-1)] + more + d.today.proof + max(d.options.Margin, 0)
	v.Negatives, v.Newest, v.NewVoices, v.Usual = day.raw, int(newest.raw), int(newest.negatives), float64(newest.mean)
	if d.hours <= d.wary {
		v.Threshold += waryMargin
	}
	if len(d.options.Events) > 0 {
		v.Event, v.Factor = d.event()
	}
	least := float64(leastInDay)
	cold := stage == StageLearning || stage == StageLowConfidence
	if cold {
		least = leastCold
	}
	deciding, i, t := day, dayWindow, test{}
	switch {
	case cold && d.coldStart(v, day, &t):
	case stage == StageLearning:
		v.Reason = Learning
	case !d.watchedLately():
		v.Reason = StaleCoverage
	case day.negatives < least:
		v.Reason = BelowFloor
	default:
		all := d.windows()
		i, t = d.decide(v, &all)
		deciding = &all[i]
	}
	if !v.Fires && stage != StageLearning && d.bombed(day, v.Threshold) {
		v.Reason = ReviewBombing
	}
	d.describe(v, deciding, i, t)
	if v.Fires {
		v.Rise = d.rise(deciding)
	}
	v.Calm = true
	if d.ringing || v.Fires {
		d.recovery(v)
		v.Calm = v.Calm && !v.Cold // what came with the first day is not usual because it stays
	}
}

// coldStart finds an incident that was there before us: hardly anything but
// complaints, more than the worst brands see on their usual days. It needs no
// level, and says with Cold that it had none.
func (d *Detector) coldStart(v *Verdict, day *sums, t *test) bool {
	const (
		worst   = 0.65  // usual share of negatives of brands that are mostly complained about
		scatter = 0.005 // of that share from day to day, squared and relative
		enough  = 6     // hours
	)
	n := day.negatives + day.others
	if day.watched < enough || day.negatives < 0.9*n {
		return false
	}
	x := test{mean: worst * n, alpha: scatter}
	x.score = scoreOf(x.chance(int(day.negatives)), day.watched)
	if x.score < v.Threshold+coldMargin {
		return false
	}
	*t = x
	v.Score, v.Fires, v.Cold, v.Reason = x.score, true, true, Fired
	v.Threshold += coldMargin
	return true
}

// decide finds the window that stands farthest above its threshold and sets the
// reason.
func (d *Detector) decide(v *Verdict, all *[len(windows)]sums) (int, test) {
	deciding, best := dayWindow, test{}
	base, up, looked := v.Threshold, surge{}, false
	busy := false // rare, but the others explain it
	for i := range all {
		s := &all[i]
		if !d.rises(i, all) {
			continue
		}
		if !looked {
			up, looked = d.surge(all), true
		}
		t := d.examine(i, s, &all[dayWindow], up)
		threshold := base + margins[i] + saleMargin(t.sale)
		switch {
		case s.negatives < leastRatio*t.expected() || !d.toneChanged(s):
			busy = busy || -logTailNB(int(s.negatives), s.mean, d.scatter()) >= base
		case t.score > 0 && t.score-threshold > best.score-v.Threshold:
			deciding, best, v.Threshold = i, t, threshold
		}
	}
	if slow, t := d.slowRise(v, base, &all[dayWindow]); slow > 0 {
		threshold := base + slowMargin + saleMargin(d.surge(all).weight)
		if slow-threshold > max(best.score-v.Threshold, 0) {
			deciding, best, v.Slow = dayWindow, t, true
			best.score, v.Threshold = slow, threshold
		}
	}
	v.Score = best.score
	switch {
	case v.Score > 0 && v.Score >= v.Threshold:
		v.Fires, v.Reason = true, Fired
	case busy && all[dayWindow].others >= 2*all[dayWindow].othersMean:
		v.Reason = VolumeUp
	case busy:
		v.Reason = NoShareEvidence
	case d.toneWorse(all, base):
		v.Reason = ToneWorsening
	case v.Score > 0:
		v.Reason = BelowThreshold
	}
	return deciding, best
}

// bombed reports whether most negatives of the last day repeat each other, and
// are so many that they would fire if each counted.
func (d *Detector) bombed(day *sums, threshold float64) bool {
	const copies = 10
	voices := int(day.negatives)
	if day.raw-voices < max(copies, voices) {
		return false
	}
	t := test{mean: max(day.mean, 1e-4), alpha: d.scatter()}
	return scoreOf(t.chance(day.raw), day.watched) >= threshold
}

// surge looks for a rise of the others in the windows of up to a day.
func (d *Detector) surge(all *[len(windows)]sums) (up surge) {
	for i := range dayWindow + 1 {
		up.look(d, i, &all[i])
	}
	return up
}

// rises reports whether window i stands clearly above the usual.
func (d *Detector) rises(i int, all *[len(windows)]sums) bool {
	s, day := &all[i], &all[dayWindow]
	return s.negatives >= leastInWindow && s.negatives >= leastRatio*s.mean && s.negatives-s.mean >= leastExcess &&
		(windows[i] < longest || day.negatives >= 1.5*day.mean) // three days are over when the last one is calm
}

// slowRise returns the slow-rise sum in decades and the test of the last day, 0
// when the last day gives no evidence by itself or is busier than usual.
func (d *Detector) slowRise(v *Verdict, base float64, day *sums) (decades float64, t test) {
	if day.negatives < max(leastInWindow, slowRatio*day.mean) || day.others > 1.5*day.othersMean+3 || !d.toneChanged(day) {
		return 0, t
	}
	today := d.sum(d.hours - d.dayBegan)
	v.SlowSum = d.rising(&today)
	if v.SlowSum*slowScale < base+slowMargin {
		return 0, t
	}
	t = d.examine(dayWindow, day, day, surge{})
	if day.negatives < slowRatio*t.expected() {
		return 0, t
	}
	return v.SlowSum * slowScale, t
}

// toneWorse reports whether the share rose without the count.
func (d *Detector) toneWorse(all *[len(windows)]sums, threshold float64) bool {
	s := &all[len(all)-1]
	return s.negatives >= 2*leastInDay && s.negatives < leastRatio*s.mean && d.toneChanged(s) &&
		d.examine(len(all)-1, s, &all[dayWindow], d.surge(all)).score >= threshold
}

// describe fills in the numbers of the deciding window.
func (d *Detector) describe(v *Verdict, s *sums, i int, t test) {
	v.Window = s.hours
	v.Observed, v.Voices, v.Mentions = s.raw, int(s.negatives), s.raw+int(s.others)
	v.Expected, v.ExpectedMentions = s.mean, s.mean+s.othersMean
	if v.Mentions > 0 {
		v.Share = float64(v.Observed) / float64(v.Mentions)
	}
	v.UsualShare = d.today.share
	v.Tested, v.Alpha = t.mean, t.alpha
	v.Sale, v.SaleTested, v.SaleAlpha = t.sale, t.saleMean, t.saleAlpha
	v.Coverage = s.watched / float64(s.hours)
	if v.Score > 0 {
		v.Low, v.High = bandOf(s.mean, d.scatter())
	}
}

// rise returns since how many hours complaints are above the usual: the newest
// hours whose excess over half that of the window, an hour, is the greatest. Half
// is the reference of a CUSUM for a shift of that size (Page 1954); with less, any
// complaint of the day before would count as the beginning.
func (d *Detector) rise(s *sums) (hours int) {
	half := (s.negatives - s.mean) / float64(2*s.hours)
	excess, most := 0.0, 0.0
	for n := 1; n <= s.hours; n++ {
		c := &d.cells[(d.hours-n)%longest]
		excess += float64(c.negatives) - float64(c.mean) - half
		if hours == 0 || excess > most {
			hours, most = n, excess
		}
	}
	return hours
}

// recovery says whether the newest hours are back to the usual. The shortest run
// of hours that expects eight negatives decides, a day at most: with fewer, a night's
// rest looks like the end.
func (d *Detector) recovery(v *Verdict) {
	const enough, ratio, few, likely = 8, 1.3, 2, -1
	var s sums
	for i := d.hours - 1; i >= max(d.hours-24, 0) && s.mean < enough; i-- {
		s.add(d.cells[i%longest : i%longest+1])
	}
	v.Unsure = s.watched < float64(s.hours)/2
	v.Calm = !v.Unsure && (s.negatives <= max(few, ratio*s.mean) ||
		logTailNB(int(s.negatives), max(s.mean, 1e-4), d.scatter()) > likely)
}

func bandOf(mean, alpha float64) (low, high float64) {
	mean = max(mean, 1e-4)
	return float64(quantileNB(0.1, mean, alpha)), float64(quantileNB(0.9, mean, alpha))
}
