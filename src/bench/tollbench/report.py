"""The samples of a run as a table, as JSON, as a picture."""
import json
import os
import statistics

TITLES = {1: "The upstream itself", 2: "nginx as reverse proxy", 3: "Forward only, no policy", 4: "Metering, no policy",
          5: "Limits in Redis", 6: "Streams (times of one chunk)", 7: "Large prompts", 8: "Denials", 9: "Tenants",
          10: "Processes on one Redis", 11: "Cold start: the first 1,000 calls"}
# Key, heading, digits.
COLUMNS = [("rate", "calls/s", 0), ("share", "of nginx", 3), ("p50_ms", "p50 ms", 3), ("p99_ms", "p99 ms", 2), ("p999_ms", "p99.9 ms", 2),
           ("max_ms", "max ms", 1), ("cpu_us", "CPU us", 0), ("redis_cpu_us", "Redis CPU us", 0), ("script_us", "script us", 0),
           ("runs_call", "runs/call", 2), ("runs_s", "runs/s", 0), ("alloc_kb", "kB/call", 1), ("rss_mib", "MiB", 0),
           ("peak_mib", "peak MiB", 0), ("grown_mib", "grown MiB", 0), ("scrape_ms", "scrape ms", 1), ("first_ms", "first answer ms", 0),
           ("idle_mib", "idle MiB", 1), ("not_200", "not 200", 0), ("unanswered", "unanswered", 0)]
SPREAD = {"rate", "p50_ms", "first_ms"}


def group(samples):
    groups = {}
    for s in samples:
        groups.setdefault((s["row"], s["kind"], s["connections"], s["name"]), []).append(s)
    return dict(sorted(groups.items(), key=lambda g: (g[0][0], g[0][1], g[0][2])))


def middle(samples, key):
    values = [s[key] for s in samples if s.get(key) is not None]
    return statistics.median(values) if values else None


def summary(samples):
    """One entry a row, kind, number of connections and gateway: medians, with the least and the most."""
    groups = group(samples)
    nginx = {k[2]: middle(v, "rate") for k, v in groups.items() if k[0] == 2 and k[1] == ""}
    out = []
    for (row, kind, connections, name), found in groups.items():
        entry = {"row": row, "kind": kind, "connections": connections, "name": name, "rounds": len(found)}
        for key, _, _ in COLUMNS:
            value = middle(found, key)
            if value is not None:
                values = [s[key] for s in found if s.get(key) is not None]
                entry[key] = {"median": value, "least": min(values), "most": max(values)}
        if row in (3, 4, 5) and kind == "" and nginx.get(connections) and "rate" in entry:
            share = entry["rate"]["median"] / nginx[connections]
            entry["share"] = {"median": share, "least": share, "most": share}
        out.append(entry)
    return out


def cell(entry, key, digits):
    if key not in entry:
        return ""
    value = entry[key]
    text = f"{value['median']:,.{digits}f}"
    if key in SPREAD and entry["rounds"] > 1:
        text += f" ({value['least']:,.{digits}f}-{value['most']:,.{digits}f})"
    return text


def table(entries):
    lines = []
    for row in sorted({e["row"] for e in entries}):
        own = [e for e in entries if e["row"] == row]
        columns = [c for c in COLUMNS if any(c[0] in e for e in own)]
        lines += ["", f"### {row}. {TITLES[row]}", "", "| | connections | " + " | ".join(c[1] for c in columns) + " |",
                  "|---|---|" + "---|" * len(columns)]
        for e in own:
            name = e["name"] + (f", {e['kind']}" if e["kind"] else "")
            lines.append(f"| {name} | {e['connections']} | " + " | ".join(cell(e, c[0], c[2]) for c in columns) + " |")
    return "\n".join(lines) + "\n"


def write(out, head, samples):
    entries = summary(samples)
    text = head["text"] + "\n" + table(entries)
    with open(os.path.join(out, "results.md"), "w") as f:
        f.write(text)
    with open(os.path.join(out, "results.json"), "w") as f:
        json.dump({"machine": head, "summary": entries, "samples": samples}, f, indent=1)
    with open(os.path.join(out, "results.svg"), "w") as f:
        f.write(picture(entries))
    return text


def picture(entries):
    """Bars of calls a second for rows 1 to 5, one panel for each number of connections, on a logarithmic scale."""
    import math
    rows = [e for e in entries if e["row"] <= 5 and e["kind"] == "" and "rate" in e and e["rate"]["median"] > 0]
    panels = sorted({e["connections"] for e in rows})
    if not panels:
        return '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n'
    names = list(dict.fromkeys(e["name"] for e in rows))
    top = max(e["rate"]["most"] for e in rows)
    low = min(e["rate"]["least"] for e in rows if e["rate"]["least"] > 0) / 2
    label, width, step, gap = 210, 420, 20, 46
    height = len(panels) * (len(names) * step + gap) + 30

    def x(rate):
        return label + width * math.log(max(rate, low) / low) / math.log(top / low)
    colours = {"direct": "#888", "nginx": "#0a7d3c"}
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{label + width + 170}" height="{height}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="#fff"/>']
    y = 8
    for panel in panels:
        y += 22
        out.append(f'<text x="8" y="{y}" font-weight="bold">{panel} connection{"s" if panel > 1 else ""}, calls a second'
                   ' (logarithmic; line: least to most of the rounds)</text>')
        y += 8
        for name in names:
            e = next((e for e in rows if e["connections"] == panel and e["name"] == name), None)
            if e is None:
                continue
            colour = colours.get(name, "#b5651d" if name.startswith("against") else "#2b6cb0" if name.startswith("jar") else "#6b46c1")
            rate = e["rate"]
            shown = name.replace("&", "&amp;").replace("<", "&lt;")
            out.append(f'<text x="{label - 8}" y="{y + 14}" text-anchor="end">{shown}</text>')
            out.append(f'<rect x="{label}" y="{y + 2}" width="{x(rate["median"]) - label:.1f}" height="{step - 5}" fill="{colour}"/>')
            out.append(f'<line x1="{x(rate["least"]):.1f}" x2="{x(rate["most"]):.1f}" y1="{y + 9}" y2="{y + 9}" stroke="#000"/>')
            out.append(f'<text x="{x(rate["most"]) + 6:.1f}" y="{y + 14}">{rate["median"]:,.0f}, p50 {e["p50_ms"]["median"]:.2f} ms</text>')
            y += step
        y += gap - 30
    return "\n".join(out + ["</svg>"]) + "\n"
