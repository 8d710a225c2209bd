using System.Globalization;
using System.Text;

namespace Fairlead.Server.Alerts.Messages;

/// <summary>A message as people read it.</summary>
internal static class NoticeText
{
    /// <summary>The labels that tell an alert from the others of its group.</summary>
    public static string Labels(Notice notice, NoticeAlert alert)
    {
        var own = alert.Labels.Where(label => notice.GroupLabels.GetValueOrDefault(label.Key) != label.Value);
        return string.Join(", ", own.Select(label => $"{label.Key}={label.Value}"));
    }

    /// <summary>From when until when, in UTC.</summary>
    public static string Times(NoticeAlert alert)
    {
        var since = alert.StartsAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var until = alert.EndsAt?.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        return until is null ? $"since {since} UTC" : $"{since} to {until} UTC";
    }

    /// <summary>All of it as plain text.</summary>
    public static string Plain(Notice notice)
    {
        var text = new StringBuilder(notice.Title).AppendLine().AppendLine();
        foreach (var alert in notice.Alerts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{alert.Status}: {alert.Why}").AppendLine()
                .Append(CultureInfo.InvariantCulture, $"  {Times(alert)}").AppendLine()
                .Append(CultureInfo.InvariantCulture, $"  {Labels(notice, alert)}").AppendLine().AppendLine();
        }

        if (notice.LeftOut > 0)
            text.Append(CultureInfo.InvariantCulture, $"and {notice.LeftOut} more").AppendLine();
        return text.ToString();
    }
}
