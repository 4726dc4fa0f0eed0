// Package clock makes time an input.
package clock

import "time"

// Now returns the present moment in UTC, in whole milliseconds: what the store
// can hold.
type Now func() time.Time

// System is the machine's clock.
func System() time.Time { return Milli(time.Now()) }

// Milli rounds an instant down to the milliseconds that the store can hold.
func Milli(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Vietnam is the zone that calendar days are reckoned in: UTC+7 all year since
// 1975, so that no zone database is needed.
var Vietnam = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// Day is a calendar day in Vietnam as YYYY-MM-DD; such strings order as days.
func Day(t time.Time) string { return t.In(Vietnam).Format(time.DateOnly) }
