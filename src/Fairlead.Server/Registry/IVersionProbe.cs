using Fairlead.Core.Models;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Registry;

/// <summary>Examines a version where it can do no harm, before any server loads it.</summary>
internal interface IVersionProbe
{
    /// <summary>
    /// Loads and warms a model. Throws <see cref="RefusalException"/> when it is not fit: <c>model_refused</c> with the
    /// runtime's reason, <c>model_crashed</c>, <c>model_too_large</c>, <c>probe_timeout</c>; or, where the model is not
    /// to blame, <c>probe_failed</c>.
    /// </summary>
    /// <param name="folder">Where the version's files lie.</param>
    /// <param name="entry">Path of the model file in it.</param>
    Task<ProbeReport> ProbeAsync(string folder, string entry, CancellationToken cancellation);
}
