using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Server.Alerts.Receivers;

namespace Fairlead.Server.Alerts.Messages;

/// <summary>A message in the form of Alertmanager's webhooks, version 4.</summary>
internal static class WebhookMessage
{
    /// <summary>What Alertmanager writes as the end of what has none.</summary>
    private static readonly DateTimeOffset NoEnd = DateTimeOffset.MinValue;

    public static HttpRequestMessage Of(ReceiverSecrets secrets, Notice notice, DateTimeOffset now) =>
        Of(secrets, JsonSerializer.SerializeToUtf8Bytes(Body(notice)), now);

    /// <summary>Any JSON to a web service, signed where it has a secret.</summary>
    public static HttpRequestMessage Of(ReceiverSecrets secrets, byte[] body, DateTimeOffset now)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, secrets.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (secrets.Secret is { } secret)
        {
            var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add(Messenger.TimestampHeader, timestamp);
            request.Headers.Add(Messenger.SignatureHeader, $"v1={Sign(secret, timestamp, body)}");
        }

        return request;
    }

    /// <summary>HMAC-SHA256 over the timestamp, a full stop and the body, in hexadecimal digits.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{timestamp}."));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    private static WireMessage Body(Notice notice)
    {
        var alerts = notice.Alerts.Select(Alert).ToList();
        var key = string.Join(", ", notice.GroupLabels.Select(each => $"{each.Key}=\"{each.Value}\""));
        return new WireMessage
        {
            Receiver = notice.Receiver,
            Status = notice.Firing > 0 ? "firing" : "resolved",
            Alerts = alerts,
            GroupLabels = notice.GroupLabels,
            CommonLabels = Common(alerts.Select(alert => alert.Labels)),
            CommonAnnotations = Common(alerts.Select(alert => alert.Annotations)),
            GroupKey = $"{{}}:{{{key}}}",
            TruncatedAlerts = notice.LeftOut,
        };
    }

    private static WireAlert Alert(NoticeAlert alert)
    {
        // Receivers written for Alertmanager look for the name of the alert.
        var labels = new SortedDictionary<string, string>(alert.Labels.ToDictionary(), StringComparer.Ordinal);
        labels.TryAdd("alertname", alert.Labels.GetValueOrDefault("monitor", ""));
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["summary"] = alert.Why };
        if (alert.Value is { } value)
            annotations["value"] = value.ToString("R", CultureInfo.InvariantCulture);
        if (!alert.IsFiring)
            annotations["end"] = alert.Status;
        return new WireAlert
        {
            Status = alert.IsFiring ? "firing" : "resolved",
            Labels = labels,
            Annotations = annotations,
            StartsAt = alert.StartsAt,
            EndsAt = alert.EndsAt ?? NoEnd,
            Fingerprint = alert.Fingerprint,
        };
    }

    private static SortedDictionary<string, string> Common(IEnumerable<IReadOnlyDictionary<string, string>> sets)
    {
        var all = sets.ToList();
        var common = all.Count == 0
            ? []
            : all[0].Where(each => all.TrueForAll(set => set.GetValueOrDefault(each.Key) == each.Value));
        return new SortedDictionary<string, string>(common.ToDictionary(), StringComparer.Ordinal);
    }

    private sealed record WireMessage
    {
        [JsonPropertyName("version")]
        public string Version => "4";

        [JsonPropertyName("groupKey")]
        public required string GroupKey { get; init; }

        [JsonPropertyName("truncatedAlerts")]
        public int TruncatedAlerts { get; init; }

        [JsonPropertyName("status")]
        public required string Status { get; init; }

        [JsonPropertyName("receiver")]
        public required string Receiver { get; init; }

        [JsonPropertyName("groupLabels")]
        public required IReadOnlyDictionary<string, string> GroupLabels { get; init; }

        [JsonPropertyName("commonLabels")]
        public required IReadOnlyDictionary<string, string> CommonLabels { get; init; }

        [JsonPropertyName("commonAnnotations")]
        public required IReadOnlyDictionary<string, string> CommonAnnotations { get; init; }

        [JsonPropertyName("externalURL")]
        public string ExternalUrl => "";

        [JsonPropertyName("alerts")]
        public required IReadOnlyList<WireAlert> Alerts { get; init; }
    }

    private sealed record WireAlert
    {
        [JsonPropertyName("status")]
        public required string Status { get; init; }

        [JsonPropertyName("labels")]
        public required IReadOnlyDictionary<string, string> Labels { get; init; }

        [JsonPropertyName("annotations")]
        public required IReadOnlyDictionary<string, string> Annotations { get; init; }

        [JsonPropertyName("startsAt")]
        public DateTimeOffset StartsAt { get; init; }

        [JsonPropertyName("endsAt")]
        public DateTimeOffset EndsAt { get; init; }

        [JsonPropertyName("generatorURL")]
        public string GeneratorUrl => "";

        [JsonPropertyName("fingerprint")]
        public required string Fingerprint { get; init; }
    }
}
