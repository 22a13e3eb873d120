{{/* What the schema cannot check. */}}
{{- define "tollgate.validate" -}}
{{- include "tollgate.validate.redis" . -}}
{{- include "tollgate.validate.secrets" . -}}
{{- include "tollgate.validate.names" . -}}
{{- if and (eq .Values.injection.mode "policy") (semverCompare "<1.36.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "injection.mode is policy: expected Kubernetes 1.36 or newer, found %s; use injection.mode=none and `tollgate inject`" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and (include "tollgate.guarded" .) (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "guard.enabled is true: expected Kubernetes 1.30 or newer, found %s; set guard.enabled=false" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and (not .Values.aws.region) (semverCompare "<1.35.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "aws.region is empty: expected the region of Bedrock, eu-west-1 for example, because Kubernetes %s does not copy the node's region to its pods as 1.35 and newer do" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and (has .Values.cloudwatch.form (list "deployment" "localhost")) (not (or .Values.aws.region .Values.cloudwatch.region)) -}}
{{- fail (printf "cloudwatch.form is %s: expected cloudwatch.region or aws.region, found both empty; the CloudWatch agent does not start without a region" .Values.cloudwatch.form) -}}
{{- end -}}
{{- if and .Values.etl.enabled (not (and .Values.etl.inputs .Values.etl.output)) -}}
{{- fail "etl.enabled is true: expected etl.inputs, a list of s3:// prefixes, and etl.output, s3://bucket/prefix; found one of them empty" -}}
{{- end -}}
{{- if eq (int .Values.ports.data) (int .Values.ports.management) -}}
{{- fail (printf "ports.data and ports.management are both %d: expected two ports" (int .Values.ports.data)) -}}
{{- end -}}
{{- end -}}

{{/* One ledger, chosen: pods without one would be ready and answer 503. */}}
{{- define "tollgate.validate.redis" -}}
{{- $chosen := list -}}
{{- with .Values.redis.url }}{{ $chosen = append $chosen "redis.url" }}{{ end -}}
{{- with .Values.redis.existingSecret.name }}{{ $chosen = append $chosen "redis.existingSecret.name" }}{{ end -}}
{{- if .Values.redis.externalSecret.enabled }}{{ $chosen = append $chosen "redis.externalSecret.enabled" }}{{ end -}}
{{- if .Values.redis.quickstart.enabled }}{{ $chosen = append $chosen "redis.quickstart.enabled" }}{{ end -}}
{{- if .Values.ledger.memory }}{{ $chosen = append $chosen "ledger.memory" }}{{ end -}}
{{- if not $chosen -}}
{{- fail "no ledger is chosen: expected one of redis.existingSecret.name, redis.externalSecret.enabled, redis.url, redis.quickstart.enabled (to try it) or ledger.memory (one pod); for example --set redis.quickstart.enabled=true" -}}
{{- end -}}
{{- if gt (len $chosen) 1 -}}
{{- fail (printf "several ledgers are chosen (%s): expected one of them, remove the others" (join ", " $chosen)) -}}
{{- end -}}
{{- if and .Values.redis.externalSecret.enabled (not (and .Values.redis.externalSecret.storeName .Values.redis.externalSecret.remoteKey)) -}}
{{- fail "redis.externalSecret.enabled is true: expected redis.externalSecret.storeName and redis.externalSecret.remoteKey too, found one of them empty" -}}
{{- end -}}
{{- end -}}

{{/* What is secret comes from a Secret: settings and values of extraEnv are readable in the policy object and in a ConfigMap. */}}
{{- define "tollgate.validate.secrets" -}}
{{- $literals := dict -}}
{{- range $name, $value := .Values.settings }}{{ $_ := set $literals $name (printf "settings.%s" $name) }}{{ end -}}
{{- range .Values.extraEnv }}{{ if hasKey . "value" }}{{ $_ := set $literals .name (printf "extraEnv %s" .name) }}{{ end }}{{ end -}}
{{- range $name, $where := $literals -}}
{{- if regexMatch "PASSWORD|SECRET|TOKEN|API_KEY|REDIS_URL|REDIS_HOSTS|WEBHOOK|OTLP_HEADERS" $name -}}
{{- fail (printf "%s is a value: expected a reference to a Secret, `extraEnv: [{ name: %s, valueFrom: { secretKeyRef: { name: ..., key: ... } } }]`" $where $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A name that is set twice: Kubernetes takes one of the two, or refuses the pod. */}}
{{- define "tollgate.validate.names" -}}
{{- $values := dict
  "TOLLGATE_PORT" "ports.data"
  "TOLLGATE_MANAGEMENT_PORT" "ports.management"
  "TOLLGATE_IDENTITY_TENANT" "identity.tenant, or a pod's annotation tollgate.dev/tenant"
  "TOLLGATE_IDENTITY_APPLICATION" "identity.application, or a pod's annotation tollgate.dev/application"
  "TOLLGATE_IDENTITY_COST_CENTER" "identity.costCenter, or a pod's annotation tollgate.dev/cost-center"
  "TOLLGATE_IDENTITY_ENVIRONMENT" "identity.environment, or a pod's annotation tollgate.dev/environment"
  "TOLLGATE_IDENTITY_TRUST" "identity.trust"
  "TOLLGATE_IDENTITY_TENANTS" "identity.tenants"
  "TOLLGATE_LEDGER_ORG" "ledger.org"
  "TOLLGATE_LEDGER" "ledger.memory"
  "TOLLGATE_REDIS_URL" "redis.existingSecret"
  "TOLLGATE_POLICY_FILE" "policy, or policy.existingConfigMap"
  "TOLLGATE_PRICES_FILE" "prices.csv"
  "TOLLGATE_USAGE_FILE" "usageFile"
  "AWS_REGION" "aws.region"
  "TOLLGATE_UPSTREAM_ENDPOINT" "aws.endpoint"
  "TOLLGATE_OTLP_ENDPOINT" "otlp.endpoint"
  "OTEL_RESOURCE_ATTRIBUTES" "otlp.endpoint" -}}
{{- $seen := dict -}}
{{- range fromYamlArray (include "tollgate.env" .) -}}
{{- if hasKey $seen .name -}}
{{- $where := ternary "settings" "extraEnv" (hasKey $.Values.settings .name) -}}
{{- if hasKey $values .name -}}
{{- fail (printf "%s of %s: the chart sets it itself; expected the value %s, and not the name" .name $where (get $values .name)) -}}
{{- end -}}
{{- fail (printf "%s of extraEnv: expected each name once, found it twice" .name) -}}
{{- end -}}
{{- $_ := set $seen .name true -}}
{{- end -}}
{{- end -}}
