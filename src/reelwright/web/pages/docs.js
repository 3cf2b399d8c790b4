// The calls of the service, out of its own description.
const make = (name, text = "") => Object.assign(document.createElement(name), { textContent: text });
const told = await (await fetch("/openapi.json")).json();
document.querySelector("h1").textContent = `${told.info.title} ${told.info.version}`;
document.getElementById("what").textContent = told.info.description;
const groups = new Map();
for (const [path, calls] of Object.entries(told.paths)) {
  for (const [method, call] of Object.entries(calls)) {
    const name = call.tags?.[0] ?? "more";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push({ path, method, call });
  }
}
for (const [name, calls] of groups) {
  document.getElementById("calls").append(make("h2", name));
  for (const { path, method, call } of calls) {
    const row = make("details");
    const head = make("summary");
    head.append(make("b", method.toUpperCase()), make("code", path));
    row.append(head, make("p", call.description ?? call.summary ?? ""));
    if (call.parameters?.length) {
      const table = make("table");
      for (const one of call.parameters) {
        const line = make("tr");
        const cell = make("td");
        cell.append(make("code", one.name));
        const kind = one.schema?.type ?? one.schema?.anyOf?.[0]?.type ?? "";
        line.append(cell, make("td", `${one.in}, ${kind}${one.required ? ", needed" : ""}`), make("td", one.description ?? one.schema?.description ?? ""));
        table.append(line);
      }
      row.append(table);
    }
    const body = call.requestBody?.content?.["application/json"]?.schema;
    if (body) row.append(make("pre", JSON.stringify(body, null, 2)));
    document.getElementById("calls").append(row);
  }
}
