package trends

// priorHours is how mentions spread over the local hours of a day (mean 1),
// pooled over public Indonesian review histories: 02-04 h at a fifth of the
// mean, noon and 17-19 h at one and a half times.
var priorHours = [24]float64{
	0.4217, 0.2636, 0.1977, 0.1713, 0.1977, 0.3427, 0.5799, 0.8699, 1.1334, 1.3180, 1.4761, 1.5288,
	1.3970, 1.3443, 1.3443, 1.2916, 1.4234, 1.5552, 1.5288, 1.5288, 1.4234, 1.2125, 0.8435, 0.6063,
}

const (
	profileMemory = 1 - 1.0/28 // a day is forgotten with a mean age of four weeks
	weekdayMemory = 1 - 7.0/56 // a weekday comes once a week
	hourPrior     = 60         // mentions that the prior profile is worth
	leastHour     = 0.01       // no hour is impossible
	weekdayPrior  = 44         // mentions worth of "all weekdays alike" (sd 15 %)
)

// profile is the rhythm of a series, learned on all mentions, not only on
// negatives: they share it, and there are more of them.
type profile struct {
	hour    [24]float64 // factors, mean 1
	weekday [7]float64

	hourSeen, hourFlat [24]float32 // discounted mentions, and what a flat day would have had
	daySeen, dayFlat   [7]float32
}

func newProfile() profile {
	p := profile{hour: priorHours}
	for i := range p.weekday {
		p.weekday[i] = 1
	}
	return p
}

// learn adds one day at the given level in mentions per standard day. Days far
// above the level count no more than an ordinary one, so that an incident at
// night does not move the night.
func (p *profile) learn(weekday int, x *day, level float64) {
	seen, watched := x.count+x.countOthers, 0.0
	for h := range x.exposure {
		watched += p.hour[h] * x.exposure[h]
	}
	watched /= 24
	usual := level * p.weekday[weekday] * watched
	weight := min(1, (1.5*usual+1)/max(seen, 1))
	flat := level * p.weekday[weekday] / 24
	sum, of, part := 0.0, float32(-1), 0.0
	for h := range p.hour {
		p.hourSeen[h] = profileMemory*p.hourSeen[h] + float32(x.mentions[h]*weight)
		p.hourFlat[h] = profileMemory*p.hourFlat[h] + float32(flat*x.exposure[h])
		if p.hourFlat[h] != of { // alike for all hours as long as whole days are watched
			of = p.hourFlat[h]
			part = 1 / (float64(of) + hourPrior/24.)
		}
		factor := (float64(p.hourSeen[h]) + hourPrior/24.*priorHours[h]) * part
		if factor < leastHour {
			factor = leastHour
		}
		p.hour[h] = factor
		sum += factor
	}
	scale := 24 / sum
	for h := range p.hour {
		p.hour[h] *= scale
	}
	p.learnWeekday(weekday, seen*weight, level*watched)
}

func (p *profile) learnWeekday(weekday int, seen, flat float64) {
	p.daySeen[weekday] = weekdayMemory*p.daySeen[weekday] + float32(seen)
	p.dayFlat[weekday] = weekdayMemory*p.dayFlat[weekday] + float32(flat)
	prior := weekdayPrior + 2*flat
	sum := 0.0
	for i := range p.weekday {
		p.weekday[i] = (float64(p.daySeen[i]) + prior) / (float64(p.dayFlat[i]) + prior)
		sum += p.weekday[i]
	}
	for i := range p.weekday {
		p.weekday[i] *= 7 / sum
	}
}
