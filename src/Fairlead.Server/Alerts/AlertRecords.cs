using Fairlead.Core.Alerts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Alerts;

/// <summary>Alerts as the tables hold them.</summary>
internal static class AlertRecords
{
    public static AlertLabels LabelsOf(AlertRow row) => ReadLabels(row.Labels);

    public static AlertLabels ReadLabels(string text) => new(StoredJson.Read<Dictionary<string, string>>(text));

    public static string Write(AlertLabels labels) => StoredJson.Write(labels.All.ToDictionary());

    public static AlertState StateOf(AlertRow row) => StoredJson.Read<AlertState>(row.State);

    public static void Put(AlertRow row, AlertState state)
    {
        row.State = StoredJson.Write(state);
        row.Phase = state.Phase.ToString();
    }

    public static AlertTransitionRow Row(AlertRow alert, AlertTransition transition) => new()
    {
        Of = alert,
        Number = transition.Number,
        At = transition.At.ToMicroseconds(),
        From = transition.From.ToString(),
        To = transition.To.ToString(),
        Value = StoredJson.Figure(transition.Value),
        Why = transition.Why,
    };
}
