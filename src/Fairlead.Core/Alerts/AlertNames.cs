using Fairlead.Core.Refusals;

namespace Fairlead.Core.Alerts;

/// <summary>The names of what stands around alerts.</summary>
public static class AlertNames
{
    /// <summary>The name of a receiver; throws <see cref="RefusalException"/> with code <c>invalid_name</c>.</summary>
    public static string Receiver(string text) => Names.Checked(text, "receiver");

    /// <summary>The name of an inhibition; throws as <see cref="Receiver"/> does.</summary>
    public static string Inhibition(string text) => Names.Checked(text, "inhibition");
}
