using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Alerts;

/// <summary>Alerts as the API shows them.</summary>
internal static class AlertViews
{
    public static AlertInfo Of(AlertRow row, HeldAlerts held) => Fill(row, held, new AlertInfo
    {
        Monitor = row.Name,
        Endpoint = row.Endpoint,
        Severity = row.Severity,
        Labels = new Dictionary<string, string>(),
        Fingerprint = row.Fingerprint,
        State = AlertPhases.Written(row.Phase),
    });

    public static AlertDetail Detail(
        AlertRow row, HeldAlerts held, IEnumerable<AlertTransitionRow> transitions,
        IEnumerable<(AlertDeliveryRow Row, bool IsFiring)> deliveries) => Fill(row, held, new AlertDetail
        {
            Monitor = row.Name,
            Endpoint = row.Endpoint,
            Severity = row.Severity,
            Labels = new Dictionary<string, string>(),
            Fingerprint = row.Fingerprint,
            State = AlertPhases.Written(row.Phase),
            Transitions = [.. transitions.Select(Of)],
            Deliveries = [.. deliveries.Select(each => Of(each.Row, each.IsFiring))],
        });

    private static T Fill<T>(AlertRow row, HeldAlerts held, T info)
        where T : AlertInfo
    {
        var (labels, state) = (AlertRecords.LabelsOf(row), AlertRecords.StateOf(row));
        var delivery = held.Of(labels);

        // What is made here is of the kind that was given: a record copies itself as what it is.
        return (T)((AlertInfo)info with
        {
            Id = row.Id,
            Labels = labels.All.ToDictionary(),
            Since = state.Since,
            EvaluatedAt = state.LastAt,
            Value = StoredJson.Figure(state.Value),
            Why = state.Why,
            Receivers = StoredJson.Read<List<string>>(row.Receivers),
            SilencedBy = delivery.SilencedBy,
            InhibitedBy = delivery.InhibitedBy,
            Ack = row.AckedAt is { } at
                ? new AlertAck(row.AckedBy ?? "", Instants.FromMicroseconds(at), row.AckComment ?? "")
                : null,
        });
    }

    private static AlertTransitionInfo Of(AlertTransitionRow row) => new()
    {
        Number = row.Number,
        At = Instants.FromMicroseconds(row.At),
        From = AlertPhases.Written(row.From),
        To = AlertPhases.Written(row.To),
        Value = row.Value,
        Why = row.Why,
    };

    private static AlertDeliveryInfo Of(AlertDeliveryRow row, bool isFiring) => new()
    {
        Id = row.Token,
        Receiver = row.Receiver,
        ToldFiring = isFiring,
        Status = row.Status,
        Attempts = row.Attempts,
        CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
        EndedAt = Instants.FromMicroseconds(row.EndedAt),
        Why = row.Why,
    };
}
