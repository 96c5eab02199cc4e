package trends

// priorHours is how mentions spread over the local hours of a day (mean 1),
// pooled over public Indonesian review histories: 02-04 h at a fifth of the
// mean, noon and 17-19 h at one and a half times.
var priorHours = [24]float64{
	0.4217, 0.2636, 0.1977, 0.1713, 0.1977, 0.3427, 0.5799, 0.8699, 1.1334, 1.3180, 1.4761, 1.5288,
	1.3970, 1.3443, 1.3443, 1.2916, 1.4234, 1.5552, 1.5288, 1.5288, 1.4234, 1.2125, 0.8435, 0.6063,
}

const (
	profileMemory = 1 - 7.0/28 // a week is forgotten with a mean age of four weeks
	weekdayMemory = 1 - 7.0/56 // a weekday comes once a week
	hourPrior     = 60         // mentions that the prior profile is worth
	leastHour     = 0.01       // no hour is impossible
	weekdayPrior  = 44         // mentions worth of "all weekdays alike" (sd 15 %)
)

// profile is the rhythm of a series, learned on all mentions, not only on
// negatives: they share it, and there are more of them. It is made anew once a
// week, because a rhythm changes slowly and this was a fifth of the cost of a day.
type profile struct {
	hour    [24]float64 // factors, mean 1
	weekday [7]float64

	hourSeen, hourFlat [24]float32 // discounted mentions, and what a flat day would have had
	wholeFlat          float32     // the latter for all hours of the days that were watched throughout
	daySeen, dayFlat   [7]float32
	days               int32 // since the profile was made
}

// start makes p the rhythm of a series that has seen nothing.
func (p *profile) start() {
	p.hour = priorHours
	for i := range p.weekday {
		p.weekday[i] = 1
	}
}

// day is what one local day brought.
type day struct {
	sums                  // of the watched hours
	mentions [24]float32  // by local hour
	exposure *[24]float32 // hours watched, times the factor of the calendar
}

// count adds up the watched hours with which a day begins and tells those without
// mentions, a bit each. It returns false when an hour was not watched throughout, or
// holds impossible counts.
func (x *day) count(hours []Hour) (silent uint32, ok bool) {
	if len(hours) > len(x.mentions) {
		return 0, false
	}
	negatives, others, signs := 0, 0, 0
	for h, hour := range hours {
		if hour.Coverage != 1 {
			return 0, false
		}
		k, o := int(hour.Negatives)-int(hour.Repeats), int(hour.Mentions)-int(hour.Negatives)
		signs |= int(hour.Repeats) | k | o
		negatives += k
		others += o
		n := k + o
		x.mentions[h] = float32(int32(n))
		silent = silent>>1 | uint32(n-1)&(1<<31) // the sign is set when there are none
	}
	x.sums = sums{hours: len(hours), watched: float64(len(hours)), negatives: float64(negatives), others: float64(others)}
	return silent >> (32 - len(hours)), signs >= 0
}

// wholeDay is the exposure of a day that was watched throughout.
var wholeDay = [24]float32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}

// watched is the exposure of a day in usual days.
func (p *profile) watched(x *day) (days float64) {
	if x.exposure == &wholeDay {
		return 1
	}
	for h, exposure := range x.exposure {
		days += p.hour[h] * float64(exposure)
	}
	return days / 24
}

// learn adds one day at the given level in mentions per standard day. Days far
// above the level count no more than an ordinary one, so that an incident at
// night does not move the night.
func (p *profile) learn(weekday int, x *day, level float64) {
	seen, watched := x.negatives+x.others, p.watched(x)
	usual := level * p.weekday[weekday] * watched
	weight := float32(1)
	if most := 1.5*usual + 1; seen > most {
		weight = float32(most / seen)
	}
	flat := float32(level * p.weekday[weekday] / 24)
	for h := range p.hourSeen {
		p.hourSeen[h] += x.mentions[h] * weight
	}
	if x.exposure == &wholeDay {
		p.wholeFlat += flat
	} else {
		for h := range p.hourFlat {
			p.hourFlat[h] += x.exposure[h] * flat
		}
	}
	p.daySeen[weekday] += float32(seen) * weight
	p.dayFlat[weekday] += float32(level * watched)
	if p.days++; p.days == 7 {
		p.renew(level)
	}
}

// renew makes the factors anew, at the given level in mentions per standard day.
func (p *profile) renew(level float64) {
	p.days = 0
	sum := 0.0
	for h := range p.hour {
		p.hour[h] = larger((float64(p.hourSeen[h])+hourPrior/24.*priorHours[h])/(float64(p.hourFlat[h]+p.wholeFlat)+hourPrior/24.), leastHour)
		sum += p.hour[h]
		p.hourSeen[h] *= profileMemory
		p.hourFlat[h] *= profileMemory
	}
	p.wholeFlat *= profileMemory
	for h := range p.hour {
		p.hour[h] *= 24 / sum
	}
	sum = 0
	prior := weekdayPrior + 2*level
	for i := range p.weekday {
		p.weekday[i] = (float64(p.daySeen[i]) + prior) / (float64(p.dayFlat[i]) + prior)
		sum += p.weekday[i]
		p.daySeen[i] *= weekdayMemory
		p.dayFlat[i] *= weekdayMemory
	}
	for i := range p.weekday {
		p.weekday[i] *= 7 / sum
	}
}
