-- The contact at which the skew was measured that a device's newest act carries: an act made before the last contact is as sure as the one before
-- it, in however many pushes the queue arrives (I7). Null until the device's next act.
alter table device_states add column skew_from_at bigint;
