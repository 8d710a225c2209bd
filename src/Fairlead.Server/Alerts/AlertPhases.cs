using Fairlead.Core.Alerts;

namespace Fairlead.Server.Alerts;

/// <summary>The phases of alerts as they are written for people.</summary>
internal static class AlertPhases
{
    public static string Written(AlertPhase phase) => phase switch
    {
        AlertPhase.Inactive => "inactive",
        AlertPhase.Pending => "pending",
        AlertPhase.Firing => "firing",
        AlertPhase.Resolved => "resolved",
        AlertPhase.InsufficientData => "insufficient_data",
        _ => "error",
    };

    public static string Written(string stored) => Written(Enum.Parse<AlertPhase>(stored));

    /// <summary>The phase that a text means; null for one that means none.</summary>
    public static AlertPhase? Read(string text)
    {
        foreach (var phase in Enum.GetValues<AlertPhase>())
        {
            if (Written(phase) == text)
                return phase;
        }

        return null;
    }
}
