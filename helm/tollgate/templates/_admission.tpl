{{/* Which requests both policies see. Every default is written out: tools that compare find no difference then. */}}
{{- define "tollgate.createdPods" -}}
matchPolicy: Equivalent
namespaceSelector: {}
objectSelector: {}
resourceRules:
  - apiGroups: [""]
    apiVersions: [v1]
    operations: [CREATE]
    resources: [pods]
    scope: "*"
{{- end -}}

{{- define "tollgate.thisNamespace" -}}
matchPolicy: Equivalent
namespaceSelector:
  matchLabels: { kubernetes.io/metadata.name: {{ .Release.Namespace }} }
objectSelector: {}
{{- end -}}

{{/* Variables of both policies, and `asks`: whether a pod is to have the sidecar, by its label or its namespace's. */}}
{{- define "tollgate.asks" -}}
- name: annotations
  expression: >-
    has(object.metadata.annotations) ? object.metadata.annotations : {}
- name: label
  expression: >-
    has(object.metadata.labels) && "tollgate.dev/inject" in object.metadata.labels ? object.metadata.labels["tollgate.dev/inject"] : ""
- name: init
  expression: >-
    has(object.spec.initContainers) ? object.spec.initContainers : []
- name: asks
  expression: >-
    variables.label == "enabled" || (variables.label == "" && has(namespaceObject.metadata.labels) && "tollgate.dev/inject" in namespaceObject.metadata.labels && namespaceObject.metadata.labels["tollgate.dev/inject"] == "enabled" && (!has(object.spec.hostNetwork) || !object.spec.hostNetwork))
{{- end -}}
