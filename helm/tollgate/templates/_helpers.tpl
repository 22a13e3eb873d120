{{/* The image: by digest unless a tag is given. */}}
{{- define "tollgate.image" -}}
{{- $jvm := eq .Values.image.variant "jvm" -}}
{{- $digest := ternary .Values.image.jvmDigest .Values.image.digest $jvm -}}
{{- if .Values.image.tag -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- else if $digest -}}
{{ .Values.image.repository }}@{{ $digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Chart.AppVersion }}{{ if $jvm }}-jvm{{ end }}
{{- end -}}
{{- end -}}

{{/* The JVM image, whatever the sidecar is. */}}
{{- define "tollgate.jvmImage" -}}
{{ include "tollgate.image" (dict "Chart" .Chart "Values" (mergeOverwrite (deepCopy .Values) (dict "image" (dict "variant" "jvm" "tag" (ternary .Values.image.tag "" (eq .Values.image.variant "jvm")))))) }}
{{- end -}}

{{- define "tollgate.name" -}}
{{ .Values.nameOverride | default .Chart.Name }}
{{- end -}}

{{/* Objects of a namespace are named after the release. */}}
{{- define "tollgate.fullname" -}}
{{ .Values.fullnameOverride | default .Release.Name }}
{{- end -}}

{{/* Objects of the cluster also after the namespace, whose name has no dot: no two releases share a name. */}}
{{- define "tollgate.clusterName" -}}
{{ include "tollgate.fullname" . }}.{{ .Release.Namespace }}
{{- end -}}

{{/* Labels that select. */}}
{{- define "tollgate.selectorLabels" -}}
app.kubernetes.io/name: {{ include "tollgate.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "tollgate.labels" -}}
{{ include "tollgate.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/*
Metadata of an object: `root`; `name`, what follows the release's name, or `clusterName`; `labels` and `annotations` of its own.
*/}}
{{- define "tollgate.metadata" -}}
{{- $root := .root -}}
name: {{ if .clusterName }}{{ include "tollgate.clusterName" $root }}{{ else }}{{ include "tollgate.fullname" $root }}{{ with .name }}-{{ . }}{{ end }}{{ end }}
labels: {{- mergeOverwrite (dict) ($root.Values.commonLabels | default dict) (.labels | default dict) (include "tollgate.labels" $root | fromYaml) | toYaml | nindent 2 }}
{{- with mergeOverwrite (dict) ($root.Values.commonAnnotations | default dict) (.annotations | default dict) }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A value as a text: 25000000 stays that and is not 2.5e+07. */}}
{{- define "tollgate.text" -}}
{{- if kindIs "float64" . -}}
{{- if eq . (floor .) }}{{ printf "%.0f" . }}{{ else }}{{ toJson . }}{{ end -}}
{{- else -}}
{{ toString . }}
{{- end -}}
{{- end -}}

{{/* The same map or list with every number as a text, for quantities. */}}
{{- define "tollgate.texts" -}}
{{- if kindIs "map" . -}}
{ {{- range $i, $key := keys . | sortAlpha }}{{ if $i }}, {{ end }}{{ toJson $key }}: {{ include "tollgate.texts" (index $ $key) }}{{ end -}} }
{{- else -}}
{{ include "tollgate.text" . | toJson }}
{{- end -}}
{{- end -}}

{{/* Resources of the sidecar, quantities as texts. */}}
{{- define "tollgate.resources" -}}
{{- $native := dict "requests" (dict "cpu" "25m" "memory" "80Mi" "ephemeral-storage" "64Mi") "limits" (dict "memory" "128Mi") -}}
{{- $jvm := dict "requests" (dict "cpu" "100m" "memory" "160Mi" "ephemeral-storage" "64Mi") "limits" (dict "memory" "256Mi") -}}
{{ include "tollgate.texts" (.Values.resources | default (ternary $jvm $native (eq .Values.image.variant "jvm"))) }}
{{- end -}}

{{- define "tollgate.policyConfigMap" -}}
{{ .Values.policy.existingConfigMap | default (printf "%s-policy" (include "tollgate.fullname" .)) }}
{{- end -}}

{{- define "tollgate.redisSecret" -}}
{{ .Values.redis.existingSecret.name | default (printf "%s-redis" (include "tollgate.fullname" .)) }}
{{- end -}}

{{- define "tollgate.redisSecretKey" -}}
{{ if .Values.redis.existingSecret.name }}{{ .Values.redis.existingSecret.key }}{{ else }}url{{ end }}
{{- end -}}

{{/* The URL that the chart itself puts into the Secret. */}}
{{- define "tollgate.redisUrl" -}}
{{- if .Values.redis.quickstart.enabled -}}
redis://{{ include "tollgate.fullname" . }}-valkey:6379
{{- else -}}
{{ .Values.redis.url }}
{{- end -}}
{{- end -}}

{{/* The policy file. */}}
{{- define "tollgate.policy" -}}
{{- $policy := dict "limits" .Values.policy.limits -}}
{{- range $key := list "revision" "tenants" "aliases" "profiles" "default-max-tokens" -}}
{{- with index $.Values.policy $key }}{{ $_ := set $policy $key . }}{{ end -}}
{{- end -}}
{{ toYaml $policy }}
{{- end -}}

{{/* "true" if pods are injected by a MutatingAdmissionPolicy. */}}
{{- define "tollgate.byPolicy" -}}
{{- if or (eq .Values.injection.mode "policy") (and (eq .Values.injection.mode "auto") (semverCompare ">=1.36.0-0" .Capabilities.KubeVersion.Version)) -}}true{{- end -}}
{{- end -}}

{{- define "tollgate.guarded" -}}
{{- if or (eq (toString .Values.guard.enabled) "true") (and (eq (toString .Values.guard.enabled) "auto") (include "tollgate.byPolicy" .)) -}}true{{- end -}}
{{- end -}}

{{/* "true" if `setting` is true, or auto and the cluster knows the API. */}}
{{- define "tollgate.wanted" -}}
{{- if or (eq (toString .setting) "true") (and (eq (toString .setting) "auto") (.root.Capabilities.APIVersions.Has .api)) -}}true{{- end -}}
{{- end -}}
