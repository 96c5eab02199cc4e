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
	rest    [25]float32 // of the day from each hour on, in average hours

	week               byHour      // mentions of the whole days since the profile was made
	hourSeen, hourFlat [24]float32 // discounted mentions, and what flat days would have had, the whole ones left out
	wholeFlat          float32     // the latter of whole days, the same for every hour
	daySeen, dayFlat   [7]float32
	days               int32 // since the profile was made
}

// start makes p the rhythm of a series that has seen nothing.
func (p *profile) start() {
	p.hour = priorHours
	for i := range p.weekday {
		p.weekday[i] = 1
	}
	p.scaleHours(1)
}

// byHour is the mentions of days, by local hour.
type byHour [24]int32

// day is what one local day brought.
type day struct {
	sums                  // of the watched hours
	whole    []Hour       // of a whole day: 24 hours, watched throughout, which [byHour.count] has added
	mentions *[24]float32 // of any other day: by local hour
	exposure *[24]float32 // and the hours watched, times the factor of the calendar
}

// counts are what the watched hours brought with which a day begins.
type counts struct {
	negatives, others int
	silent            uint // a bit for each hour, the lowest for the newest, is set when it had no mentions
}

// count adds the hours with which a day begins to a week, up to the first that was
// not watched throughout or holds impossible counts, and returns how many. It is not ok
// when there is one, or the day has so many mentions that a week of them would not fit.
func (week *byHour) count(hours []Hour) (c counts, n int, ok bool) {
	const most = 1 << 27
	if len(hours) > len(week) {
		return c, 0, false
	}
	sums := week[:len(hours)]
	mentions, negatives, silent := uint(0), uint(0), uint(0) // in registers
	for h, hour := range hours {
		if !(hour.Coverage >= 1) {
			break
		}
		all, k := uint(uint32(hour.Mentions)), uint(uint32(hour.Negatives)) // below 0 is more than most
		if repeats := uint(uint32(hour.Repeats)); repeats != 0 {            // seldom
			if repeats > k {
				break
			}
			all, k = all-repeats, k-repeats
		}
		if k > all {
			break
		}
		mentions += all
		negatives += k
		silent = silent*2 + (all-1)>>63
		sums[h] += int32(all)
		n = h + 1
	}
	return counts{int(negatives), int(mentions - negatives), silent}, n, n == len(hours) && mentions <= most
}

// forget takes hours that were counted out of the week.
func (week *byHour) forget(hours []Hour) {
	for h := range hours[:min(len(hours), len(week))] {
		week[h] -= hours[h].Mentions - hours[h].Repeats
	}
}

// watched is the exposure of a day in usual days.
func (p *profile) watched(x *day) (days float64) {
	if x.whole != nil {
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
	if x.whole != nil {
		p.wholeFlat += flat
		if weight < 1 {
			for h, hour := range x.whole[:24] {
				p.hourSeen[h] -= float32(hour.Mentions-hour.Repeats) * (1 - weight)
			}
		}
	} else {
		for h := range p.hourFlat {
			p.hourSeen[h] += x.mentions[h] * weight
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
	const prior = hourPrior / 24.
	whole := float64(p.wholeFlat) + prior
	each, sum := 1/whole, 0.0
	for h := range p.hour {
		seen := p.hourSeen[h] + float32(p.week[h])
		part := float64(seen) + prior*priorHours[h]
		if flat := p.hourFlat[h]; flat == 0 { // saves a division
			part *= each
		} else {
			part /= float64(flat) + whole
			p.hourFlat[h] = flat * profileMemory
		}
		part = larger(part, leastHour)
		p.hour[h] = part
		sum += part
		p.hourSeen[h] = seen * profileMemory
	}
	p.week, p.days = byHour{}, 0
	p.wholeFlat *= profileMemory
	p.scaleHours(24 / sum)

	sum = 0
	weekdayWorth := weekdayPrior + 2*level
	for i := range p.weekday {
		p.weekday[i] = (float64(p.daySeen[i]) + weekdayWorth) / (float64(p.dayFlat[i]) + weekdayWorth)
		sum += p.weekday[i]
		p.daySeen[i] *= weekdayMemory
		p.dayFlat[i] *= weekdayMemory
	}
	scale := 7 / sum
	for i := range p.weekday {
		p.weekday[i] *= scale
	}
}

// scaleHours multiplies the factors of the hours and adds up the rest of the day.
func (p *profile) scaleHours(scale float64) {
	rest := 0.0
	for h := len(p.hour) - 1; h >= 0; h-- {
		p.hour[h] *= scale
		rest += p.hour[h]
		p.rest[h] = float32(rest)
	}
}
