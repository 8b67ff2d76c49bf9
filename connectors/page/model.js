// What is known now, as the stream told it. Views read it, nobody else writes it.
export const model = {};
const PATIENCE_MS = 3000;

export function clear() {
  Object.assign(model, { about: null, path: [], units: [], rows: {}, own: undefined, period: null, target: null, calendar: { unconfirmed: [] },
    asOf: null, complete: false, lacking: null, state: "ok", progress: null, skew: 0, owed: null, notices: [], changed: new Set() });
}

// The whole of the first frame, and later only what is another.
export function merge(frame) {
  model.skew = Date.parse(frame.now) - Date.now();
  model.asOf = frame.as_of;
  // a batch that is being applied is no news; what lacks for longer is
  model.lacking = frame.complete ? null : model.lacking || Date.now();
  model.complete = frame.complete || (frame.state === "behind" && Date.now() - model.lacking < PATIENCE_MS);
  model.state = frame.state;
  model.progress = frame.progress;
  if (frame.unit) {
    Object.assign(model, { about: frame.unit, path: frame.path, units: frame.units, period: frame.period, target: frame.target, calendar: frame.calendar });
  }
  model.changed = new Set();
  for (const [code, fields] of Object.entries(frame.rows || {})) {
    if (model.rows[code]) model.changed.add(code);
    model.rows[code] = fields && { ...model.rows[code], ...fields };
  }
  if (model.about) model.own = model.rows[model.about.unit];
}

export function hear(notice) {
  if (model.notices.some(one => one.id === notice.id)) return;
  model.notices = [notice, ...model.notices].sort((one, other) => other.at.localeCompare(one.at)).slice(0, 30);
}

// Seconds since what is shown was true, by the server's clock.
export const age = () => (model.asOf ? (Date.now() + model.skew - Date.parse(model.asOf)) / 1000 : null);
