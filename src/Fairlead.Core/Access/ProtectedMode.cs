using System.Net;

namespace Fairlead.Core.Access;

/// <summary>
/// Protected mode: a server without keys may be reached from its own machine only. Pure.
/// </summary>
public static class ProtectedMode
{
    /// <summary>Says why a server must not start, or null when it may.</summary>
    /// <param name="hosts">
    /// The hosts it would listen on, as written: <c>localhost</c>, <c>0.0.0.0</c>, <c>*</c>, a name.
    /// </param>
    /// <param name="hasKeys">At least one key is configured.</param>
    public static string? WhyNotStart(IEnumerable<string> hosts, bool hasKeys)
    {
        if (hasKeys)
            return null;

        var open = hosts.FirstOrDefault(host => !IsLoopback(host));
        return open is null
            ? null
            : $"Refusing to listen on '{open}' without access control: anybody who reaches it could change everything. "
                + "Make a first key with 'fairlead keys recover NAME', or set FAIRLEAD_ADMIN_KEY to one, or listen on "
                + "localhost only.";
    }

    /// <summary>Says whether a host, as written, is this machine's loopback and nothing else.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
