using System.Net.Http.Json;
using Fairlead.Server.Alerts.Receivers;

namespace Fairlead.Server.Alerts.Messages;

/// <summary>A message in the form of Slack's incoming webhooks.</summary>
internal static class SlackMessage
{
    /// <summary>Alerts of a message that are told one by one; more are not read in a channel.</summary>
    private const int Told = 20;

    public static HttpRequestMessage Of(ReceiverSecrets secrets, Notice notice)
    {
        var left = notice.Firing + notice.Resolved - Math.Min(Told, notice.Alerts.Count);
        var attachments = notice.Alerts.Take(Told).Select(alert => new
        {
            color = alert.IsFiring ? "#c0392b" : "#27ae60",
            fallback = Escape(alert.Why),
            title = Escape($"{alert.Status}: {NoticeText.Labels(notice, alert)}"),
            text = Escape(alert.Why),
            footer = NoticeText.Times(alert),
        });
        return new HttpRequestMessage(HttpMethod.Post, secrets.Url)
        {
            Content = JsonContent.Create(new
            {
                text = Escape(notice.Title) + (left > 0 ? $" (and {left} more)" : ""),
                attachments,
            }),
        };
    }

    /// <summary>What Slack takes for links and mentions is text here.</summary>
    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
