// Questions to the server this page came from.
export class Missing extends Error {}

export async function ask(path, query = {}) {
  const words = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined)).toString();
  const answer = await fetch(`${path}${words && `?${words}`}`, { cache: "no-store", signal: AbortSignal.timeout(30000) });
  if (answer.status === 404) throw new Missing(path);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

// Every page of a list that has cursors, up to a number of rows.
export async function everything(path, query, most = 20000) {
  const rows = [];
  let cursor;
  do {
    const found = await ask(path, { ...query, limit: 1000, cursor });
    rows.push(...found.items);
    cursor = found.next;
  } while (cursor !== null && rows.length < most);
  return rows;
}
