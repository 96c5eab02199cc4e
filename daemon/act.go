package daemon

import (
	"context"
	"fmt"
	"time"

	"pantau/brand"
	"pantau/store"
	"pantau/trends"
)

// Action is what a person does about an incident.
type Action struct {
	Change   brand.Change // Taken, Noted, Silenced, Denied or Closed
	Incident int64
	Actor    string        // who does it, as people call them
	Note     string        // for Noted; the reason of the others, if there is one
	Silence  time.Duration // for Silenced
	Key      string        // of a click, which takes effect once; empty on the command line
}

// Act carries out an action, records it, and tells every channel in the same
// transaction. It returns the incident as it is then.
func (p *Pipeline) Act(ctx context.Context, a Action) (*brand.Incident, error) {
	var incident *brand.Incident
	err := p.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if a.Key != "" {
			if first, err := tx.Take(a.Key, p.Now()); err != nil || !first {
				return err
			}
		}
		incident, err = p.act(tx, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("incident %d: %w", a.Incident, err)
	}
	p.at("action committed")
	p.Decided()
	return incident, nil
}

func (p *Pipeline) act(tx *store.Tx, a Action) (*brand.Incident, error) {
	i, brandID, err := tx.IncidentByID(a.Incident)
	if err != nil {
		return nil, err
	}
	last, err := tx.LastIncident(brandID)
	if err != nil {
		return nil, err
	}
	if i.State.Ended() && a.Change != brand.Noted {
		return nil, fmt.Errorf("it is over (%s): only a note can be added", i.State)
	}
	now := p.Now()
	if err := p.apply(tx, a, i, brandID, now); err != nil {
		return nil, err
	}
	life, evaluated, err := tx.Watch(brandID)
	if err != nil {
		return nil, err
	}
	if last.ID == i.ID && a.Change != brand.Noted {
		life.State = i.State // the rule goes on from what people decided
		life.RecoveredAt = i.RecoveredAt
		if err := tx.SaveLife(brandID, evaluated, life); err != nil {
			return nil, err
		}
	}
	number, err := tx.SaveIncident(brandID, i, a.Change, trends.Verdict{At: now})
	if err != nil {
		return nil, err
	}
	p.at("incident saved")
	p.Log.Info("incident changed", "change", a.Change, "brand", i.Brand, "incident", i.ID, "actor", a.Actor)
	return i, tx.Queue(brand.Alert{Change: a.Change, By: a.Actor, Incident: *i}, number, p.Channels, now)
}

// apply changes the incident.
func (p *Pipeline) apply(tx *store.Tx, a Action, i *brand.Incident, brandID int64, now time.Time) error {
	i.UpdatedAt = now
	if a.Note != "" {
		i.Note = a.Note
	}
	switch a.Change {
	case brand.Taken:
		i.Owner = a.Actor
		if i.AckedAt.IsZero() {
			i.AckedAt = now
		}
		if i.State == brand.Open || i.State == brand.Relapsed {
			i.State = brand.Acknowledged
		}
	case brand.Noted:
		if a.Note == "" {
			return fmt.Errorf("a note needs words")
		}
	case brand.Silenced:
		i.SilencedUntil = now.Add(a.Silence)
		return tx.Silence(brandID, now, i.SilencedUntil, a.Actor, a.Note)
	case brand.Denied:
		i.State = brand.FalseAlarm
	case brand.Closed:
		i.State, i.RecoveredAt = brand.Recovered, now
	default:
		return fmt.Errorf("%q is nothing that a person does", a.Change)
	}
	return nil
}

// remind speaks up about an open incident that people do not know or do not take.
func (d *decision) remind() error {
	if d.life.State != brand.Open && d.life.State != brand.Relapsed {
		return nil
	}
	i, err := d.tx.LastIncident(d.brandID)
	if err != nil || i == nil || i.State != d.life.State {
		return err
	}
	told, err := d.tx.Told(i.ID)
	switch {
	case err != nil:
		return err
	case !told && len(d.p.Channels) > 0:
		return d.queue(brand.Opened, i, 0, d.p.Channels) // a silence hid its beginning
	case i.Severity == brand.Critical:
		return d.escalate(i)
	}
	return nil
}

// escalate repeats a critical incident that nobody takes: some reminders, then
// once to the escalation channel.
func (d *decision) escalate(i *brand.Incident) error {
	e := d.p.Escalation
	since := i.RemindedAt
	if since.Before(i.UpdatedAt) {
		since = i.UpdatedAt // when people heard of it last
	}
	if e.Reminders == 0 || d.now.Sub(since) < e.After {
		return nil
	}
	change, channels := brand.Reminded, d.p.Channels
	switch {
	case i.Reminders < e.Reminders:
	case i.Reminders == e.Reminders && e.Channel != "":
		change, channels = brand.Escalated, []string{e.Channel}
	default:
		return nil
	}
	i.Reminders++
	i.RemindedAt = d.now
	return d.record(change, i, d.verdict, channels)
}
