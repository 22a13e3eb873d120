{{/* The image: by digest where there is one. */}}
{{- define "tollgate.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "tollgate.labels" -}}
app.kubernetes.io/name: tollgate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* Objects of a namespace are named after the release, those of the cluster after both. */}}
{{- define "tollgate.clusterName" -}}
{{ .Release.Name }}-{{ .Release.Namespace }}
{{- end -}}

{{- define "tollgate.policyConfigMap" -}}
{{ .Values.policy.existingConfigMap | default (printf "%s-policy" .Release.Name) }}
{{- end -}}

{{- define "tollgate.redisSecret" -}}
{{ .Values.redis.existingSecret.name | default (printf "%s-redis" .Release.Name) }}
{{- end -}}

{{- define "tollgate.redisSecretKey" -}}
{{ if .Values.redis.existingSecret.name }}{{ .Values.redis.existingSecret.key }}{{ else }}url{{ end }}
{{- end -}}

{{/* The policy file. */}}
{{- define "tollgate.policy" -}}
{{- $policy := dict "limits" .Values.policy.limits -}}
{{- range $key := list "tenants" "aliases" "profiles" -}}
{{- with index $.Values.policy $key }}{{ $_ := set $policy $key . }}{{ end -}}
{{- end -}}
{{ toYaml $policy }}
{{- end -}}

{{/* "true" where pods are injected by a MutatingAdmissionPolicy. */}}
{{- define "tollgate.byPolicy" -}}
{{- if or (eq .Values.injection.mode "policy") (and (eq .Values.injection.mode "auto") (semverCompare ">=1.36.0-0" .Capabilities.KubeVersion.Version)) -}}true{{- end -}}
{{- end -}}

{{- define "tollgate.guarded" -}}
{{- if or (eq (toString .Values.guard.enabled) "true") (and (eq (toString .Values.guard.enabled) "auto") (include "tollgate.byPolicy" .)) -}}true{{- end -}}
{{- end -}}

{{/* "true" where `setting` is true, or auto and the cluster knows the API. */}}
{{- define "tollgate.wanted" -}}
{{- if or (eq (toString .setting) "true") (and (eq (toString .setting) "auto") (.root.Capabilities.APIVersions.Has .api)) -}}true{{- end -}}
{{- end -}}

{{/* What the schema cannot say. */}}
{{- define "tollgate.validate" -}}
{{- if and .Values.redis.existingSecret.name .Values.redis.externalSecret.enabled -}}
{{- fail "redis.existingSecret.name and redis.externalSecret.enabled are both given: expected one of them, remove the other" -}}
{{- end -}}
{{- if and .Values.redis.externalSecret.enabled (not (and .Values.redis.externalSecret.storeName .Values.redis.externalSecret.remoteKey)) -}}
{{- fail "redis.externalSecret.enabled is true: expected redis.externalSecret.storeName and redis.externalSecret.remoteKey too, found one of them empty" -}}
{{- end -}}
{{- if and (eq .Values.injection.mode "policy") (semverCompare "<1.36.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "injection.mode is policy: expected Kubernetes 1.36 or newer, found %s; use injection.mode=none and `tollgate inject`" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and (include "tollgate.guarded" .) (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "guard.enabled is true: expected Kubernetes 1.30 or newer, found %s; set guard.enabled=false" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if eq (int .Values.ports.data) (int .Values.ports.management) -}}
{{- fail (printf "ports.data and ports.management are both %d: expected two ports" (int .Values.ports.data)) -}}
{{- end -}}
{{- end -}}
