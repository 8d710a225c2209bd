using Fairlead.Core.Endpoints;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Serving.Windows;

/// <summary>What an arm of an endpoint did on this replica in a minute that is over.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="EndpointNumber">Its permanent number.</param>
/// <param name="Arm">The arm.</param>
/// <param name="ArmNumber">Its permanent number within the endpoint.</param>
/// <param name="Model">The model that answered; empty for an arm without one.</param>
/// <param name="Version">The version's number, or the word for what answers without a model.</param>
/// <param name="Minute">Minutes since 1970 UTC.</param>
/// <param name="Window">What it did.</param>
public sealed record SealedWindow(
    EndpointName Endpoint, int EndpointNumber, VariantName Arm, int ArmNumber, string Model, string Version,
    long Minute, WindowSketch Window);

/// <summary>Takes the windows of this replica. The control plane implements it over its storage.</summary>
public interface IWindowSink
{
    /// <summary>
    /// Stores a window, in place of one that this process stored of the same arm, version and minute before: what was
    /// stored though an error was told is not counted twice. Throws when it cannot be stored now.
    /// </summary>
    Task StoreAsync(SealedWindow window, CancellationToken cancellation);
}
