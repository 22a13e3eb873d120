{{/*
A value as a CEL literal: `value`, and `type`, the CEL type of a map (its fields are types below it), empty for a map from
strings to strings.
*/}}
{{- define "tollgate.cel" -}}
{{- $type := .type -}}
{{- if kindIs "map" .value -}}
{{- $type }}{
{{- range $i, $key := keys .value | sortAlpha }}
{{- if $i }}, {{ end }}
{{- if $type -}}
{{- $plain := has $key (list "limits" "requests" "volumeAttributes" "options" "matchLabels" "nodeSelector" "labels" "annotations") -}}
{{ $key }}: {{ include "tollgate.cel" (dict "value" (index $.value $key) "type" (ternary "" (printf "%s.%s" $type $key) $plain)) }}
{{- else -}}
{{ toJson $key }}: {{ include "tollgate.cel" (dict "value" (index $.value $key) "type" "") }}
{{- end -}}
{{- end -}}
}
{{- else if kindIs "slice" .value -}}
[{{- range $i, $element := .value }}{{ if $i }}, {{ end }}{{ include "tollgate.cel" (dict "value" $element "type" $type) }}{{ end -}}]
{{- else if kindIs "string" .value -}}
{{ toJson .value }}
{{- else if kindIs "bool" .value -}}
{{ .value }}
{{- else if not $type -}}
{{ include "tollgate.text" .value | toJson }}
{{- else -}}
{{ include "tollgate.text" .value }}
{{- end -}}
{{- end -}}
