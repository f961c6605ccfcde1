using System.Collections.Concurrent;

namespace EHealthHub.Trust.Institutions;

/// <summary>What an institution may ask of the hub, beside its requests a second.</summary>
/// <param name="RequestsPerMinuteMax">Requests a minute.</param>
/// <param name="ConcurrentMax">Requests at the same time.</param>
/// <param name="BytesPerMinuteMax">Bytes of bodies a minute, received and sent. Bodies are counted when a request ends, so one large one is let through and the next ones wait for it.</param>
public sealed record Quota(int RequestsPerMinuteMax, int ConcurrentMax, long BytesPerMinuteMax)
{
    internal const int RequestsPerMinuteBound = 6_000_000;
    internal const int ConcurrentBound = 10_000;
    internal const long BytesPerMinuteBound = 1L << 40;
}

/// <summary>Which bound a request met.</summary>
public enum QuotaBound
{
    /// <summary>None: it may go on.</summary>
    None = 0,

    /// <summary>Requests a second.</summary>
    RequestsPerSecond = 1,

    /// <summary>Requests a minute.</summary>
    RequestsPerMinute = 2,

    /// <summary>Requests at the same time.</summary>
    Concurrent = 3,

    /// <summary>Bytes a minute.</summary>
    BytesPerMinute = 4,
}

/// <summary>
/// Counts what each institution asks, against the quota that the registry gives it now: a changed quota holds for the next request. Each count is a bucket that fills with time; nothing is kept but its level. One short lock for each
/// institution, no allocation after its first request.
/// </summary>
public sealed class QuotaMeters(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Meter> _meters = new(StringComparer.Ordinal);

    /// <summary>Begins a request, or names the bound that it met and when to come again. Every request that began must end with <see cref="End"/>.</summary>
    public QuotaBound Begin(Institution institution, out TimeSpan retryAfter) =>
        _meters.GetOrAdd(institution.Id, static _ => new Meter()).Begin(institution, time.GetTimestamp(), time.TimestampFrequency, out retryAfter);

    /// <summary>Ends a request that began, and counts the bytes of its bodies.</summary>
    public void End(Institution institution, long bytes) => _meters[institution.Id].End(institution, bytes, time.GetTimestamp(), time.TimestampFrequency);

    private sealed class Meter
    {
        private readonly Lock _turn = new();
        private Bucket _second;
        private Bucket _minute;
        private Bucket _bytes;
        private int _concurrent;

        internal QuotaBound Begin(Institution institution, long now, long frequency, out TimeSpan retryAfter)
        {
            lock (_turn)
            {
                var quota = institution.Quota;
                if (quota is not null && _concurrent >= quota.ConcurrentMax)
                {
                    retryAfter = TimeSpan.FromSeconds(1);
                    return QuotaBound.Concurrent;
                }

                // All are looked at before any is drawn from: a refused request costs nothing.
                retryAfter = _second.Wait(institution.RequestsPerSecondMax, 1, now, frequency);
                var bound = retryAfter > TimeSpan.Zero ? QuotaBound.RequestsPerSecond : QuotaBound.None;
                if (quota is not null && bound == QuotaBound.None && (retryAfter = _minute.Wait(quota.RequestsPerMinuteMax, 60, now, frequency)) > TimeSpan.Zero)
                {
                    bound = QuotaBound.RequestsPerMinute;
                }

                if (quota is not null && bound == QuotaBound.None && (retryAfter = _bytes.Wait(quota.BytesPerMinuteMax, 60, now, frequency)) > TimeSpan.Zero)
                {
                    bound = QuotaBound.BytesPerMinute;
                }

                if (bound == QuotaBound.None)
                {
                    _second.Draw(1);
                    _minute.Draw(quota is null ? 0 : 1);
                    _concurrent++;
                }

                return bound;
            }
        }

        internal void End(Institution institution, long bytes, long now, long frequency)
        {
            lock (_turn)
            {
                _concurrent--;
                if (institution.Quota is { } quota)
                {
                    _bytes.Wait(quota.BytesPerMinuteMax, 60, now, frequency);
                    _bytes.Draw(bytes);
                }
            }
        }
    }

    /// <summary>What may still be drawn: full at first, filled anew within its period, in debt after a draw that was larger than what there was.</summary>
    private struct Bucket
    {
        private double _level;
        private long _filled;
        private double _size;

        /// <summary>Fills up to now, and tells how long to wait until one may be drawn; zero when it may.</summary>
        internal TimeSpan Wait(long size, int seconds, long now, long frequency)
        {
            var perSecond = (double)size / seconds;
            if (_filled == 0)
            {
                _level = size;
            }
            else
            {
                // A bucket whose quota changed keeps what was drawn from it.
                _level += Math.Max(0, now - _filled) / (double)frequency * perSecond + (size - _size);
            }

            _level = Math.Min(_level, size);
            _size = size;
            _filled = now;
            return _level >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _level) / perSecond);
        }

        internal void Draw(long amount) => _level -= amount;
    }
}
