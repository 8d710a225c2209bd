namespace Fairlead.Serving.Routing;

/// <summary>
/// Examines a version anew in a child process, for one that is suspected of having brought a process down.
/// </summary>
public interface IVersionCheck
{
    /// <summary>Says why the version must not be loaded; null when it may.</summary>
    Task<string?> WhyNotAsync(RoutedVersion version, CancellationToken cancellation);
}
